#include "actors/runtime/clock_actor.hpp"

namespace orrery {
namespace {

/// The clock's word to itself.
struct IntervalIsOver {};

}  // namespace
}  // namespace orrery

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::IntervalIsOver)

namespace orrery {
namespace {

caf::behavior clock_actor(caf::event_based_actor* self, ClockActorConfiguration configuration) {
  self->delayed_send(self, configuration.interval, IntervalIsOver{});
  return {
      [=](IntervalIsOver) {
        for (const auto& listener : configuration.listeners) self->send(listener, Tick{});
        self->delayed_send(self, configuration.interval, IntervalIsOver{});
      },
  };
}

}  // namespace

caf::actor spawn_clock(caf::actor_system& system, ClockActorConfiguration configuration) {
  return system.spawn(clock_actor, std::move(configuration));
}

}  // namespace orrery
