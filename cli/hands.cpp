#include "cli/hands.hpp"

#include <utility>

#include "cli/local_node.hpp"
#include "cli/logging.hpp"
#include "cli/server_storage.hpp"
#include "cli/slurm_settings.hpp"
#include "drivers/driver_actor.hpp"
#include "drivers/local_process/local_process_actor.hpp"
#include "drivers/slurm/port/slurm_access.hpp"
#include "drivers/slurm/slurm_driver_actor.hpp"
#include "sim/clusters/simulated_clusters_actor.hpp"
#include "sim/simulated_driver_actor.hpp"

namespace orrery {

Hands::Hands(caf::actor_system& actors, const ControlPlane& control_plane,
             const Configuration& configuration, const NodeView& nodes,
             const ServerStorage& storage)
    : actors_(actors) {
  SimulatedDriverConfiguration simulated;
  simulated.time_scale = configuration.time_scale;
  simulated.seed = configuration.simulation_seed;
  simulated_ = spawn_simulated_driver(actors, control_plane.bus(), simulated, &storage.clock);
  if (needs_local_driver(configuration, nodes)) {
    auto local = local_process_configuration(configuration);
    local.subject_keys = storage.subject_keys.get();
    local_ = spawn_local_process_driver(actors, control_plane.bus(), std::move(local));
  }
  if (configuration.slurm_enabled) {
    auto slurm = slurm_configuration(configuration);
    slurm.subject_keys = storage.subject_keys.get();
    auto port = make_slurm_port(slurm.access);
    slurm_ = spawn_slurm_driver(actors, control_plane.bus(), control_plane.log_access(),
                                std::move(slurm), std::move(port),
                                [](std::string_view line) { log_warning(line); });
  }
  SimulatedClustersConfiguration clusters;
  clusters.time_scale = configuration.time_scale;
  clusters_ = spawn_simulated_clusters(actors, control_plane.log_access(), control_plane.bus(),
                                       simulated_, clusters, control_plane.tail_configuration());
  duties_ = spawn_driver_duties(actors, control_plane.log_access(), {simulated_, local_, slurm_},
                                control_plane.tail_configuration());
}

Hands::~Hands() {
  for (const auto& hand : {duties_, clusters_, slurm_, local_, simulated_})
    if (hand) caf::anon_send_exit(hand, caf::exit_reason::kill);
}

std::function<void()> Hands::slurm_hint() const {
  if (!slurm_) return {};
  return [slurm = slurm_] { caf::anon_send(slurm, SlurmHint{}); };
}

void Hands::stop() {
  caf::scoped_actor self(actors_);
  for (auto* hand : {&duties_, &clusters_, &slurm_, &local_, &simulated_}) {
    if (!*hand) continue;
    self->send_exit(*hand, caf::exit_reason::user_shutdown);
    self->wait_for(*hand);
    *hand = nullptr;
  }
}

}  // namespace orrery
