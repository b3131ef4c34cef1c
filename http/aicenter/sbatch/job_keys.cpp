#include "http/aicenter/sbatch/job_keys.hpp"

#include <string>

#include <fmt/format.h>

#include "http/aicenter/sbatch/values.hpp"

namespace orrery::sbatch {

namespace {

namespace json = boost::json;

std::string gpus_text(const GpuRequest& gpus) {
  return gpus.model.empty() ? fmt::format("{}", gpus.count)
                            : fmt::format("{}:{}", gpus.model, gpus.count);
}

std::string signal_text(const JobSignal& signal) {
  return fmt::format("{}{}@{}", signal.to_script_only ? "B:" : "", signal.number,
                     signal.before_end_s);
}

class Writer {
 public:
  template <class T>
  void add(std::string_view key, const std::optional<T>& value) {
    if (value) keys_[key] = *value;
  }
  void add_gpus(std::string_view key, const std::optional<GpuRequest>& gpus,
                std::string_view before = {}) {
    if (gpus) keys_[key] = fmt::format("{}{}", before, gpus_text(*gpus));
  }
  json::object& keys() { return keys_; }

 private:
  json::object keys_;
};

void add_shape(Writer& writer, const SbatchOptions& options) {
  writer.add("cpus_per_gpu", options.cpus_per_gpu);
  writer.add("cpus_per_task", options.cpus_per_task);
  writer.add_gpus("gpus", options.gpus);
  writer.add_gpus("gpus_per_node", options.gpus_per_node);
  writer.add_gpus("gpus_per_task", options.gpus_per_task);
  writer.add_gpus("gres", options.gres, "gpu:");
  writer.add("memory_per_cpu", options.mem_per_cpu);
  writer.add("memory_per_gpu", options.mem_per_gpu);
  writer.add("memory_per_node", options.mem);
  writer.add("minimum_cpus_per_node", options.mincpus);
  writer.add("ntasks_per_gpu", options.ntasks_per_gpu);
  writer.add("tasks", options.ntasks);
  writer.add("tasks_per_node", options.ntasks_per_node);
  if (options.nodes) writer.keys()["nodes"] = {options.nodes->min, options.nodes->max};
  if (options.exclusive.value_or(false)) writer.keys()["exclusive"] = "exclusive";
}

void add_wishes(Writer& writer, const SbatchOptions& options) {
  writer.add("constraints", options.constraint);
  writer.add("dependency", options.dependency);
  writer.add("exclude_nodes", options.exclude);
  writer.add("nodelist", options.nodelist);
  writer.add("partition", options.partition);
  writer.add("qos", options.qos);
  writer.add("reservation", options.reservation);
  writer.add("time_limit", options.time);
  writer.add("time_minimum", options.time_min);
}

}  // namespace

json::object job_keys(const SbatchOptions& options, std::int64_t begin_time_s) {
  Writer writer;
  writer.add("account", options.account);
  if (options.array)
    writer.keys()["array"] = array_text(options.array->task_ids, options.array->running_max);
  if (begin_time_s != 0) writer.keys()["begin_time"] = begin_time_s;
  writer.add("comment", options.comment);
  writer.add("current_working_directory", options.chdir);
  writer.add("hold", options.hold);
  writer.add("kill_on_invalid_dependency", options.kill_on_invalid_dependency);
  if (options.mail_type) writer.keys()["mail_type"] = mail_type_text(*options.mail_type);
  writer.add("mail_user", options.mail_user);
  writer.add("name", options.job_name);
  writer.add("nice", options.nice);
  if (options.appends_output)
    writer.keys()["open_mode"] = *options.appends_output ? "append" : "truncate";
  if (options.priority) writer.keys()["priority"] = fmt::format("{}", *options.priority);
  writer.add("requeue", options.requeue);
  if (options.signal) writer.keys()["signal"] = signal_text(*options.signal);
  writer.add("standard_error", options.error);
  writer.add("standard_input", options.input);
  writer.add("standard_output", options.output);
  add_shape(writer, options);
  add_wishes(writer, options);
  return std::move(writer.keys());
}

}  // namespace orrery::sbatch
