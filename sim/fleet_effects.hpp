#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/command.hpp"
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
  /// Of a service: its image, where the node hasn't it yet; and from its launch until it serves.
  StepDelay build = StepDelay::fixed(std::chrono::seconds(8));
  StepDelay load = StepDelay::fixed(std::chrono::seconds(6));
  /// Of a batch job: until its script runs.
  StepDelay launch = StepDelay::fixed(std::chrono::seconds(1));
  /// Of a GPU in quarantine, and the test after it; of a thousand tests, so many say that it must
  /// be repaired once more.
  StepDelay repair = StepDelay::exponential(std::chrono::minutes(10), std::chrono::hours(1));
  StepDelay verification = StepDelay::fixed(std::chrono::minutes(5));
  std::uint32_t verification_failures_permille = 50;
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

/// The step with this number of that thing, of the length that the configuration draws for it, but
/// `delay_max` at most; nothing where it lasts until it is finished by hand.
std::optional<TimedStep> timed_step(const SimulatedDriverConfiguration& configuration,
                                    const std::string& id, std::uint64_t number,
                                    const StepDelay& delay, std::string_view name,
                                    std::optional<std::chrono::microseconds> delay_max);

}  // namespace orrery
