#pragma once

#include <functional>

#include <caf/all.hpp>

#include "actors/runtime/control_plane.hpp"
#include "cli/configuration.hpp"

namespace orrery {

class NodeView;
struct ServerStorage;

/// The hands of a server: the simulated driver with what makes its clusters, the driver of this
/// host where there is use for it (local_node.hpp), the driver of a Slurm where there is one
/// (slurm_settings.hpp), and the duties that tell them what is owed as the log says.
class Hands {
 public:
  Hands(caf::actor_system& actors, const ControlPlane& control_plane,
        const Configuration& configuration, const NodeView& nodes, const ServerStorage& storage);

  /// Where `stop` was not called, the start has failed: all are killed, for timers of theirs would
  /// keep the actor system, and so the process, from ending.
  ~Hands();
  Hands(const Hands&) = delete;
  Hands& operator=(const Hands&) = delete;

  /// Has the driver of a Slurm look at once, for something has happened there; any thread may call
  /// it. Empty where there is no such driver.
  std::function<void()> slurm_hint() const;

  /// The duties save where they are; then all have ended. Before the control plane stops. Processes
  /// of services and jobs of Slurm go on: the next server takes them over.
  void stop();

 private:
  caf::actor_system& actors_;
  caf::actor simulated_;
  caf::actor clusters_;
  caf::actor local_;
  caf::actor slurm_;
  caf::actor duties_;
};

}  // namespace orrery
