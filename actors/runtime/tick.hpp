#pragma once

#include <caf/all.hpp>

#include "events/envelope.hpp"

namespace orrery {

/// Time passes. Sent by the clock actor to whoever has something to do now and then: registries
/// passivate, tailers repeat what failed and do what is due at a time. Nobody else in the runtime
/// looks at a clock.
struct Tick {
  Time now{};
};

}  // namespace orrery

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::Tick)
