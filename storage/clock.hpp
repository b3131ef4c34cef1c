#pragma once

#include "events/envelope.hpp"

namespace orrery {

/// The one source of time. Only the edge and the log actor ask it; rules, processes and views never
/// do.
class Clock {
 public:
  virtual ~Clock() = default;
  /// Any thread.
  virtual Time now() const = 0;
};

}  // namespace orrery
