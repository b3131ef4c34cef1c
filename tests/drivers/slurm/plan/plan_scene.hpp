#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/slurm/plan/slurm_plan.hpp"
#include "tests/support/scratch_folder.hpp"

namespace orrery {

/// A driver's folders, its nodes, and run directories that are made.
struct PlanScene {
  ScratchFolder folder;
  SlurmConfiguration configuration;
  PortPool ports{"127.0.0.1", 27'100, 27'109};
  std::vector<SlurmPlace> places{{"a1", "10.0.0.7", "a100"}};

  PlanScene() {
    configuration.directory = folder.path() / "slurm" / "runs";
    configuration.recipes = folder.path() / "recipes";
  }

  template <class Start>
  SlurmPlanResult plan(const Start& start, const std::string& run) {
    const auto directory = RunDirectory::of(configuration.directory, run, start.fence);
    directory.make();
    return plan_on_slurm(configuration, start, places, directory, ports);
  }
};

/// None where the process doesn't get it, or not from the plan.
inline std::string variable(const LaunchPlan& plan, std::string_view name) {
  const auto found = std::ranges::find(plan.environment, name, &EnvironmentVariable::name);
  return found == plan.environment.end() ? "" : found->value;
}

inline bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// What follows a word.
inline std::string after(const std::vector<std::string>& words, std::string_view word) {
  const auto found = std::ranges::find(words, word);
  return found == words.end() || found + 1 == words.end() ? "" : *(found + 1);
}

}  // namespace orrery
