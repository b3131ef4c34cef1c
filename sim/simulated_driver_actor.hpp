#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <caf/all.hpp>

#include "actors/runtime/command_bus.hpp"
#include "drivers/driver.hpp"
#include "sim/simulated_fleet.hpp"
#include "storage/clock.hpp"

namespace orrery {

/// Ends the manual step that this node, VM, instance, service or "job/<id>" is in.
struct FinishStep {
  std::string id;
};

/// The next start of this VM, instance, service or "job/<id>" fails with `code` and `message` (of a
/// job the message alone counts); at once, if it is starting now.
struct FailStart {
  std::string id;
  std::string code;
  std::string message;
};

/// The node dies with everything on it: reported lost; what is starting there never ends. It stays
/// dead until `RestoreNode`.
struct LoseNode {
  std::string node_id;
  std::string reason;
  /// What caused it; none where it came by chance.
  Origin origin = {};
};
struct RestoreNode {
  std::string node_id;
};

/// A GPU breaks, or is mended.
struct FaultGpu {
  std::string node_id;
  std::uint32_t gpu_index = 0;
  std::string reason;
  Origin origin = {};
};
struct RepairGpu {
  std::string node_id;
  std::uint32_t gpu_index = 0;
};

/// The network to a node breaks, or is mended (simulated_network.hpp). Where it isn't mended within
/// the grace time, the node is reported lost.
struct CutOffNode {
  std::string node_id;
  std::chrono::microseconds grace{0};
  Origin origin = {};
};
struct ReconnectNode {
  std::string node_id;
};

/// Of a thousand starts on nodes of the simulated cluster, so many are slow from now on.
struct SetSlowStarts {
  std::string cluster;
  std::uint32_t permille = 0;
};
/// The next start on the node takes so much longer.
struct SlowNextStart {
  std::string node_id;
  std::chrono::microseconds extra{0};
};

/// Takes the messages of drivers/driver.hpp, `ServiceExit`, `JobExit` and the ones above. What it
/// reports are commands to `bus`; one that fails for want of a log is repeated. It knows nothing
/// durable: after a restart its duties tell it again. By the clock it sees how far jobs have come
/// that ran before; without one they begin anew.
caf::actor spawn_simulated_driver(caf::actor_system& system, CommandBus bus,
                                  SimulatedDriverConfiguration configuration,
                                  const Clock* clock = nullptr);

}  // namespace orrery

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::FinishStep)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::FailStart)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::ServiceExit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::JobExit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::LoseNode)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::RestoreNode)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::FaultGpu)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::RepairGpu)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::CutOffNode)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::ReconnectNode)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::SetSlowStarts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::SlowNextStart)
