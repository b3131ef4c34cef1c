#pragma once

#include <functional>
#include <memory>

#include "storage/event_log.hpp"

namespace orrery {

/// A log of one engine, and how to open it again as a new process would.
class LogUnderTest {
 public:
  virtual ~LogUnderTest() = default;
  virtual EventLog& log() = 0;
  virtual void reopen() = 0;
};

/// Every engine must pass it. Each section gets a fresh log.
void check_event_log_contract(const std::function<std::unique_ptr<LogUnderTest>()>& fresh);

/// Random appends, retries and restarts against a model (rapidcheck).
void check_event_log_against_model(const std::function<std::unique_ptr<LogUnderTest>()>& fresh);

}  // namespace orrery
