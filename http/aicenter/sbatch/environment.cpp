#include <array>
#include <string>

#include <fmt/format.h>

#include "http/aicenter/sbatch/options.hpp"

namespace orrery::sbatch {

namespace {

struct Variable {
  /// After "SBATCH_", "SLURM_" or "SALLOC_".
  std::string_view name;
  std::string_view option;
};
constexpr std::array variables{
    Variable{"ACCOUNT", "account"},
    Variable{"ARRAY_INX", "array"},
    Variable{"COMMENT", "comment"},
    Variable{"CONSTRAINT", "constraint"},
    Variable{"CPUS_PER_GPU", "cpus-per-gpu"},
    Variable{"CPUS_PER_TASK", "cpus-per-task"},
    Variable{"DEPENDENCY", "dependency"},
    Variable{"ERROR", "error"},
    Variable{"EXCLUSIVE", "exclusive"},
    Variable{"EXPORT", "export"},
    Variable{"GPUS", "gpus"},
    Variable{"GPUS_PER_NODE", "gpus-per-node"},
    Variable{"GPUS_PER_TASK", "gpus-per-task"},
    Variable{"GRES", "gres"},
    Variable{"INPUT", "input"},
    Variable{"JOB_NAME", "job-name"},
    Variable{"MEM_PER_CPU", "mem-per-cpu"},
    Variable{"MEM_PER_GPU", "mem-per-gpu"},
    Variable{"MEM_PER_NODE", "mem"},
    Variable{"OPEN_MODE", "open-mode"},
    Variable{"OUTPUT", "output"},
    Variable{"PARTITION", "partition"},
    Variable{"QOS", "qos"},
    Variable{"REQUEUE", "requeue"},
    Variable{"NO_REQUEUE", "no-requeue"},
    Variable{"RESERVATION", "reservation"},
    Variable{"SIGNAL", "signal"},
    Variable{"TIMELIMIT", "time"},
};

std::string_view prefix_of(Tool tool) {
  if (tool == Tool::srun) return "SLURM_";
  return tool == Tool::sbatch ? "SBATCH_" : "SALLOC_";
}

}  // namespace

Parsed<SbatchOptions> parse_environment(
    Tool tool, const std::function<const char*(const char* name)>& variable) {
  SbatchOptions options;
  for (const auto& [name, option] : variables) {
    const auto* value = variable(fmt::format("{}{}", prefix_of(tool), name).c_str());
    if (!value) continue;
    if (auto set = set_option(options, option, value); !set) return set.error();
  }
  return options;
}

}  // namespace orrery::sbatch
