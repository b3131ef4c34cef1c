#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/runtime/command.hpp"
#include "drivers/driver.hpp"
#include "sim/simulated_guest.hpp"
#include "sim/step_delay.hpp"

namespace orrery {

/// How the simulated fleet behaves. The defaults are the delays of the mkinf document: a VM runs
/// 12 s after its request (15:52:41 → 15:52:53). Instances take as long, and stop within their
/// grace period.
struct SimulatedDriverConfiguration {
  StepDelay boot = StepDelay::fixed(std::chrono::milliseconds(200));
  StepDelay start = StepDelay::fixed(std::chrono::seconds(12));
  StepDelay reboot = StepDelay::fixed(std::chrono::seconds(8));
  StepDelay stop = StepDelay::fixed(std::chrono::seconds(5));
  /// All delays are divided by it.
  double time_scale = 1.0;
  std::uint64_t seed = 1;
};

/// A step that ends after a delay, unless something came between: then `number` is no longer the
/// one that the fleet waits for.
struct TimedStep {
  std::string id;
  std::uint64_t number = 0;
  std::chrono::microseconds delay{0};
};

/// What the fleet wants done because of what it was told: commands to send, steps to wait for.
struct FleetEffects {
  std::vector<OwedCommand> reports;
  std::vector<TimedStep> steps;
};

/// The machines of the simulation and what runs on them. Pure: it is told what to do and when a
/// step is over, and says what that has as a consequence. Being told twice does nothing twice.
class SimulatedFleet {
 public:
  explicit SimulatedFleet(SimulatedDriverConfiguration configuration);

  FleetEffects boot(const BootNode& boot);
  FleetEffects start(const StartVm& start) { return launch(GuestStart::of(start)); }
  FleetEffects start(const StartInstance& start) { return launch(GuestStart::of(start)); }
  FleetEffects reboot(const RebootVm& reboot);
  FleetEffects stop(const StopVm& stop) { return end(GuestStop::of(stop)); }
  FleetEffects stop(const StopInstance& stop) { return end(GuestStop::of(stop)); }

  /// The step of this node or guest is over. Nothing, if it was another step.
  FleetEffects step_over(const std::string& id, std::uint64_t number);
  /// Ends the step that this node or guest is in, whichever it is.
  FleetEffects finish_step(const std::string& id);

  /// The next start of this guest fails; at once, if it is starting now.
  FleetEffects fail_start(const std::string& id, std::string code, std::string message);
  /// The node dies with everything on it, and stays dead until it is restored.
  FleetEffects lose(const std::string& node_id, std::string reason);
  FleetEffects restore(const std::string& node_id);
  FleetEffects fault(const std::string& node_id, std::uint32_t gpu_index, std::string reason);
  FleetEffects repair(const std::string& node_id, std::uint32_t gpu_index);

 private:
  struct Machine {
    enum class Phase : std::uint8_t { down, booting, up, dead };
    Phase phase = Phase::down;
    Origin origin;
    std::uint64_t step = 0;
  };
  struct Guest {
    enum class Phase : std::uint8_t { starting, running, rebooting, stopping };
    Phase phase = Phase::starting;
    GuestStart start;
    /// What follows once it has stopped.
    std::optional<GuestStart> next;
    /// To be taken before it has stopped.
    std::optional<SnapshotWish> snapshot;
    /// Of the last reset, under way or done.
    std::uint64_t reset_number = 0;
    Origin origin;
    std::uint64_t step = 0;
  };
  struct StartFailure {
    std::string code;
    std::string message;
  };

  void begin_boot(const std::string& id, Machine& machine, FleetEffects& effects);
  FleetEffects launch(const GuestStart& start);
  FleetEffects end(const GuestStop& stop);
  void begin_start(const GuestStart& start, FleetEffects& effects);
  void begin_stop(const std::string& id, Guest& guest,
                  std::optional<std::chrono::microseconds> delay_max, FleetEffects& effects);
  bool is_dead(const std::string& node_id) const;
  std::uint64_t begin_step(const std::string& id, const StepDelay& delay, std::string_view name,
                           FleetEffects& effects,
                           std::optional<std::chrono::microseconds> delay_max = {});
  FleetEffects machine_step_over(const std::string& id, Machine& machine);
  FleetEffects guest_step_over(const std::string& id, Guest& guest);
  void stopped(const std::string& id, FleetEffects& effects);
  bool is_stale(const GuestStart& start) const;

  SimulatedDriverConfiguration configuration_;
  std::map<std::string, Machine> machines_;
  std::map<std::string, Guest> guests_;
  std::map<std::string, StartFailure> failures_;
  /// The largest fence that each GPU has seen.
  std::map<std::pair<std::string, std::uint32_t>, std::uint64_t> fences_;
  std::uint64_t steps_begun_ = 0;
};

}  // namespace orrery
