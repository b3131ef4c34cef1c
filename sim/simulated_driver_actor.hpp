#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <caf/all.hpp>

#include "actors/runtime/command_bus.hpp"
#include "drivers/driver.hpp"

namespace orrery {

/// How long a step of simulated work takes, before the time scale divides it.
struct StepDelay {
  enum class Kind : std::uint8_t {
    fixed,
    /// Between `least` and `most`, all alike likely.
    uniform,
    /// `least` plus an exponentially distributed part of mean `most - least`.
    exponential,
    /// Until `FinishStep` comes for the node or VM.
    manual,
  };
  Kind kind = Kind::fixed;
  std::chrono::milliseconds least{0};
  std::chrono::milliseconds most{0};

  static StepDelay fixed(std::chrono::milliseconds delay) { return {Kind::fixed, delay, delay}; }
  static StepDelay uniform(std::chrono::milliseconds least, std::chrono::milliseconds most) {
    return {Kind::uniform, least, most};
  }
  static StepDelay exponential(std::chrono::milliseconds least, std::chrono::milliseconds mean) {
    return {Kind::exponential, least, mean};
  }
  static StepDelay manual() { return {Kind::manual, {}, {}}; }
};

/// The simulated driver: does the work of a fleet by waiting. The defaults are the delays of the
/// mkinf document: a VM runs 12 s after its request (15:52:41 → 15:52:53), and is gone 5 s after.
struct SimulatedDriverConfiguration {
  StepDelay boot = StepDelay::fixed(std::chrono::milliseconds(200));
  StepDelay start = StepDelay::fixed(std::chrono::seconds(12));
  StepDelay stop = StepDelay::fixed(std::chrono::seconds(5));
  /// All delays are divided by it.
  double time_scale = 1.0;
  std::uint64_t seed = 1;
};

/// Ends the manual step that this node or VM is in.
struct FinishStep {
  std::string id;
};

/// The next start of this VM fails with `code` and `message`; at once, if it is starting now.
struct FailStart {
  std::string vm_id;
  std::string code;
  std::string message;
};

/// The node dies with everything on it: reported lost; what is starting there never ends. It stays
/// dead until `RestoreNode`.
struct LoseNode {
  std::string node_id;
  std::string reason;
};
struct RestoreNode {
  std::string node_id;
};

/// A GPU breaks, or is mended.
struct FaultGpu {
  std::string node_id;
  std::uint32_t gpu_index = 0;
  std::string reason;
};
struct RepairGpu {
  std::string node_id;
  std::uint32_t gpu_index = 0;
};

/// Takes the messages of drivers/driver.hpp and the ones above. What it reports are commands to
/// `bus`; one that fails for want of a log is repeated. It knows nothing durable: after a restart
/// its duties tell it again.
caf::actor spawn_simulated_driver(caf::actor_system& system, CommandBus bus,
                                  SimulatedDriverConfiguration configuration);

}  // namespace orrery

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::FinishStep)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::FailStart)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::LoseNode)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::RestoreNode)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::FaultGpu)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::RepairGpu)
