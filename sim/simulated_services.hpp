#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "drivers/driver.hpp"
#include "sim/fleet_effects.hpp"

namespace orrery {

/// The process of a simulated service ends by itself, with an exit code or by a signal.
struct ServiceExit {
  std::string service_id;
  std::optional<std::uint32_t> exit_code;
  std::optional<std::uint32_t> signal;
};

/// The part of the simulated fleet that services run in: an image is built on a node the first time
/// that it is wanted there, then the service is launched, and serves once it has loaded. Pure, and
/// nothing is done twice. Nodes and GPUs are the fleet's to look after.
///
/// A service listens on its node, at the first of its recipe's ports, plus its index where it is a
/// replica.
class SimulatedServices {
 public:
  explicit SimulatedServices(SimulatedDriverConfiguration configuration)
      : configuration_(configuration) {}

  FleetEffects start(const StartService& start);
  FleetEffects stop(const StopService& stop);
  FleetEffects exit(const ServiceExit& exit);
  FleetEffects fail(const std::string& id, std::string code, std::string message);
  /// Everything on the node is gone, its images too.
  void lose(const std::string& node_id);

  FleetEffects step_over(const std::string& id, std::uint64_t number);
  FleetEffects finish_step(const std::string& id);

  /// It is being built, started or stopped, or runs.
  bool is_known(const std::string& id) const { return processes_.contains(id); }
  /// Empty where it isn't known.
  std::string node_of(const std::string& id) const {
    const auto found = processes_.find(id);
    return found == processes_.end() ? std::string() : found->second.start.node_id;
  }

 private:
  struct Process {
    enum class Phase : std::uint8_t { building, loading, running, stopping };
    Phase phase = Phase::building;
    StartService start;
    Origin origin;
    std::uint64_t step = 0;
  };

  void launch(Process& process, FleetEffects& effects);
  FleetEffects step_over(Process& process);
  /// It is over, however that came; the driver's word about it.
  FleetEffects end(const std::string& id, Service::Command report);
  std::uint64_t begin_step(const std::string& id, const StepDelay& delay, std::string_view name,
                           FleetEffects& effects,
                           std::optional<std::chrono::microseconds> delay_max = {});

  SimulatedDriverConfiguration configuration_;
  std::map<std::string, Process> processes_;
  /// The fence of each that has ended by itself, so that it doesn't run again.
  std::map<std::string, std::uint64_t> over_;
  /// (node, image)
  std::set<std::pair<std::string, std::string>> images_;
  std::uint64_t steps_begun_ = 0;
};

}  // namespace orrery
