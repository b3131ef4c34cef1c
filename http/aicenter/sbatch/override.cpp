#include <algorithm>

#include "http/aicenter/sbatch/options.hpp"

namespace orrery::sbatch {

namespace {

template <class T>
void override_one(std::optional<T>& value, const std::optional<T>& above) {
  if (above) value = above;
}

template <auto... members>
void override_each(SbatchOptions& options, const SbatchOptions& above) {
  (override_one(options.*members, above.*members), ...);
}

}  // namespace

void override_by(SbatchOptions& options, const SbatchOptions& above) {
  using O = SbatchOptions;
  // Whoever says how much memory says it in one way.
  if (above.mem || above.mem_per_cpu || above.mem_per_gpu)
    options.mem = options.mem_per_cpu = options.mem_per_gpu = std::nullopt;
  override_each<&O::account, &O::array, &O::begin, &O::chdir, &O::comment, &O::constraint,
                &O::cpus_per_gpu, &O::cpus_per_task, &O::dependency, &O::error, &O::exclude,
                &O::exclusive, &O::export_, &O::gpus, &O::gpus_per_node, &O::gpus_per_task,
                &O::gres, &O::hold, &O::input, &O::job_name, &O::kill_on_invalid_dependency,
                &O::mail_type, &O::mail_user, &O::mem, &O::mem_per_cpu, &O::mem_per_gpu,
                &O::mincpus, &O::nice, &O::nodelist, &O::nodes, &O::ntasks, &O::ntasks_per_gpu,
                &O::ntasks_per_node, &O::appends_output, &O::output, &O::partition, &O::priority,
                &O::qos, &O::requeue, &O::reservation, &O::signal, &O::time, &O::time_min,
                &O::wrap>(options, above);
  options.is_parsable |= above.is_parsable;
  options.is_quiet |= above.is_quiet;
  options.waits |= above.waits;
  options.tests_only |= above.tests_only;
  options.has_pty |= above.has_pty;
  options.labels_output |= above.labels_output;
  options.wants_help |= above.wants_help;
  options.wants_usage |= above.wants_usage;
  options.wants_version |= above.wants_version;
  options.verbosity += above.verbosity;
  for (const auto& name : above.ignored)
    if (std::find(options.ignored.begin(), options.ignored.end(), name) == options.ignored.end())
      options.ignored.push_back(name);
}

}  // namespace orrery::sbatch
