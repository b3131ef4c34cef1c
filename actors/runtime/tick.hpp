#pragma once

#include <caf/all.hpp>

namespace orrery {

/// Time passes. Sent by the clock actor to whoever has something to do now and then: registries
/// passivate, tailers repeat what failed, and ask the log what time it is where something of theirs
/// is due at a time. Nobody else in the runtime looks at a clock.
struct Tick {};

}  // namespace orrery

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::Tick)
