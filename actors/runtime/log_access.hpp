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

/// The log cannot be read: prints where and why, and ends the program. To decide on half a history
/// would be worse.
[[noreturn]] void stop_for_damage(const LogDamage& damage);

}  // namespace orrery
