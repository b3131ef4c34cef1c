#include "cli/simulated_hands.hpp"

#include "drivers/driver_actor.hpp"
#include "sim/simulated_driver_actor.hpp"

namespace orrery {

SimulatedHands::SimulatedHands(caf::actor_system& actors, const ControlPlane& control_plane,
                               const Configuration& configuration)
    : actors_(actors) {
  SimulatedDriverConfiguration simulated;
  simulated.time_scale = configuration.time_scale;
  simulated.seed = configuration.simulation_seed;
  driver_ = spawn_simulated_driver(actors, control_plane.bus(), simulated);
  duties_ = spawn_driver_duties(actors, control_plane.log_access(), {driver_, {}},
                                control_plane.tail_configuration());
}

SimulatedHands::~SimulatedHands() {
  for (const auto& hand : {duties_, driver_})
    if (hand) caf::anon_send_exit(hand, caf::exit_reason::kill);
}

void SimulatedHands::stop() {
  caf::scoped_actor self(actors_);
  for (auto* hand : {&duties_, &driver_}) {
    self->send_exit(*hand, caf::exit_reason::user_shutdown);
    self->wait_for(*hand);
    *hand = nullptr;
  }
}

}  // namespace orrery
