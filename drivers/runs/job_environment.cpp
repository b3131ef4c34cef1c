#include "drivers/runs/job_environment.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "drivers/runs/process_table.hpp"
#include "drivers/runs/program_search.hpp"

namespace orrery {
namespace {

/// Of the dynamic linker and the C library.
bool is_held_back(std::string_view name) {
  return name.starts_with("LD_") || name.starts_with("GLIBC_") || name.starts_with("MALLOC_") ||
         name == "GCONV_PATH" || name == "LOCPATH" || name == "NLSPATH" || name == "TZDIR" ||
         name == "HOSTALIASES" || name == "RES_OPTIONS" || name == "LOCALDOMAIN";
}

/// "4(x2),1": what each of the nodes has, equal neighbours counted.
std::string counted(const std::vector<std::uint32_t>& numbers) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < numbers.size();) {
    const auto end = std::find_if(numbers.begin() + static_cast<std::ptrdiff_t>(at), numbers.end(),
                                  [&](std::uint32_t number) { return number != numbers[at]; });
    const auto count = static_cast<std::size_t>(end - numbers.begin()) - at;
    parts.push_back(count == 1 ? std::to_string(numbers[at])
                               : fmt::format("{}(x{})", numbers[at], count));
    at += count;
  }
  return fmt::format("{}", fmt::join(parts, ","));
}

/// Tasks go to the nodes as evenly as they can, the first ones first.
std::vector<std::uint32_t> tasks_per_node(std::uint32_t tasks, std::size_t nodes) {
  const auto count = static_cast<std::uint32_t>(std::max<std::size_t>(nodes, 1));
  std::vector<std::uint32_t> shares(count, tasks / count);
  for (std::uint32_t i = 0; i < tasks % count; ++i) ++shares[i];
  return shares;
}

std::string node_list(const StartJob& start) {
  std::vector<std::string> names;
  for (const auto& place : start.places) names.push_back(place.node_id);
  return fmt::format("{}", fmt::join(names, ","));
}

void add_array(const StartJob& start, Variables& variables) {
  if (!start.task) return;
  variables["SLURM_ARRAY_JOB_ID"] = std::to_string(start.task->array_id);
  variables["SLURM_ARRAY_TASK_ID"] = std::to_string(start.task->task_id);
  if (!start.array) return;
  variables["SLURM_ARRAY_TASK_COUNT"] = std::to_string(start.array->task_count);
  variables["SLURM_ARRAY_TASK_MIN"] = std::to_string(start.array->task_id_min);
  variables["SLURM_ARRAY_TASK_MAX"] = std::to_string(start.array->task_id_max);
  variables["SLURM_ARRAY_TASK_STEP"] = std::to_string(std::max(start.array->task_id_step, 1u));
}

void add_gpus(const StartJob& start, Variables& variables) {
  std::vector<std::uint32_t> indices;
  if (!start.places.empty()) indices = start.places.front().gpu_indices;
  const auto list = fmt::format("{}", fmt::join(indices, ","));
  variables["CUDA_VISIBLE_DEVICES"] = list;
  variables["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID";
  if (indices.empty()) return;
  variables["SLURM_GPUS_ON_NODE"] = std::to_string(indices.size());
  variables["SLURM_JOB_GPUS"] = list;
}

void add_shares(const StartJob& start, Variables& variables) {
  const auto& resources = start.specification.resources;
  const auto nodes = std::max<std::size_t>(start.places.size(), 1);
  const std::vector<std::uint32_t> cpus(nodes, resources.cpus_per_node);
  variables["SLURM_NNODES"] = variables["SLURM_JOB_NUM_NODES"] = std::to_string(nodes);
  variables["SLURM_NTASKS"] = variables["SLURM_NPROCS"] = std::to_string(resources.task_count);
  variables["SLURM_TASKS_PER_NODE"] = counted(tasks_per_node(resources.task_count, nodes));
  variables["SLURM_CPUS_PER_TASK"] = std::to_string(resources.cpus_per_task);
  variables["SLURM_CPUS_ON_NODE"] = std::to_string(resources.cpus_per_node);
  variables["SLURM_JOB_CPUS_PER_NODE"] = counted(cpus);
  if (resources.memory_mib_per_node != 0)
    variables["SLURM_MEM_PER_NODE"] = std::to_string(resources.memory_mib_per_node);
}

}  // namespace

std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto end = std::min(text.find('\0'), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

Variables slurm_variables(const StartJob& start, std::string_view host,
                          std::string_view submit_directory) {
  const auto& job = start.specification;
  Variables variables{{"ENVIRONMENT", "BATCH"},
                      {"SLURM_CLUSTER_NAME", job.cluster},
                      {"SLURM_GTIDS", "0"},
                      {"SLURM_JOBID", start.job_id},
                      {"SLURM_JOB_ACCOUNT", job.account},
                      {"SLURM_JOB_ID", start.job_id},
                      {"SLURM_JOB_NAME", job.name},
                      {"SLURM_JOB_NODELIST", node_list(start)},
                      {"SLURM_JOB_PARTITION", start.partition},
                      {"SLURM_JOB_USER", job.user},
                      {"SLURM_LOCALID", "0"},
                      {"SLURM_NODEID", "0"},
                      {"SLURM_NODELIST", node_list(start)},
                      {"SLURM_PROCID", "0"},
                      {"SLURM_SUBMIT_DIR", std::string(submit_directory)},
                      {"SLURM_SUBMIT_HOST", std::string(host)},
                      {"SLURMD_NODENAME", start.node_id}};
  if (!job.qos.empty()) variables["SLURM_JOB_QOS"] = job.qos;
  if (start.attempt > 1) variables["SLURM_RESTART_COUNT"] = std::to_string(start.attempt - 1);
  add_shares(start, variables);
  add_gpus(start, variables);
  add_array(start, variables);
  return variables;
}

JobEnvironment job_environment(const std::vector<std::string>& given, std::string_view home,
                               const Variables& told) {
  JobEnvironment environment;
  auto& variables = environment.variables;
  variables = {{"PATH", std::string(search_path)}, {"LANG", "C.UTF-8"}};
  for (const auto& entry : given) {
    const auto equals = entry.find('=');
    if (equals == std::string::npos || equals == 0) continue;
    const auto name = entry.substr(0, equals);
    if (told.contains(name) || name == run_mark) continue;
    if (is_held_back(name))
      environment.held_back.push_back(entry);
    else
      variables[name] = entry.substr(equals + 1);
  }
  for (const auto& [name, value] : told) variables[name] = value;
  // Where it comes from there may be another; here this one is its own.
  variables["HOME"] = home;
  return environment;
}

}  // namespace orrery
