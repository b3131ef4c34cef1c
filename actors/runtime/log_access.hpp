#pragma once

#include <caf/all.hpp>

#include "storage/event_log.hpp"

namespace orrery {

/// How an actor reaches the log: it reads `log` itself and appends through `actor`. The log
/// outlives every actor.
struct LogAccess {
  EventLog* log = nullptr;
  caf::actor actor;
};

}  // namespace orrery
