#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "drivers/driver.hpp"
#include "sim/fleet_effects.hpp"

namespace orrery {

/// The part of the simulated fleet where GPUs are repaired and tested. Pure, and nothing is done
/// twice: work is named by its number, and what comes late of an earlier one is of no consequence.
/// How long each takes, and whether the test says that the repair helped, is drawn from the seed,
/// the GPU and the number: the same after a restart.
///
/// The things that steps are of are called "gpu/<id>".
class SimulatedWorkshop {
 public:
  explicit SimulatedWorkshop(SimulatedDriverConfiguration configuration)
      : configuration_(configuration) {}

  FleetEffects mend(const MendGpu& mend);
  FleetEffects verify(const VerifyGpu& verify);
  /// The GPU breaks anew: whatever is done to it now says nothing of it any more, and nothing is
  /// reported until it is worked on again.
  void interrupt(const std::string& gpu_id);

  FleetEffects step_over(const std::string& name, std::uint64_t number);
  FleetEffects finish_step(const std::string& name);

  /// "gpu/<id>" is worked on.
  bool is_known(const std::string& name) const { return work_.contains(name); }
  /// The node of the work named so; empty where there is none.
  std::string node_of(const std::string& name) const;

 private:
  struct Work {
    std::uint64_t number = 0;
    bool is_verification = false;
    std::string node_id;
    std::string gpu_id;
    Origin origin;
    /// Of the step that ends it; 0 where it was interrupted.
    std::uint64_t step = 0;
  };

  FleetEffects begin(Work work, const StepDelay& delay, std::string_view step_name);
  FleetEffects report(const Work& work) const;

  SimulatedDriverConfiguration configuration_;
  std::map<std::string, Work> work_;
  std::uint64_t steps_begun_ = 0;
};

}  // namespace orrery
