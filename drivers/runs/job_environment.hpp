#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "drivers/driver.hpp"
#include "drivers/runs/process_environment.hpp"

namespace orrery {

/// The parts of a text of which each ends with a NUL, or the text does.
std::vector<std::string> parts_of(std::string_view text);

/// What Slurm 22.05 tells a batch script about its job: SLURM_JOB_ID and its like, and which GPUs
/// are its own. `host` is the name of this machine.
Variables slurm_variables(const StartJob& start, std::string_view host,
                          std::string_view submit_directory);

/// A script's environment in two parts. What changes which code a program runs (LD_PRELOAD …) may
/// not be there before the script itself runs, for the programs that start it run with more rights
/// than it does.
struct JobEnvironment {
  Variables variables;
  /// NAME=value, for the script alone.
  std::vector<std::string> held_back;
};

/// `given` (NAME=value each) over PATH, HOME and LANG, and over all of it `told`.
JobEnvironment job_environment(const std::vector<std::string>& given, std::string_view home,
                               const Variables& told);

}  // namespace orrery
