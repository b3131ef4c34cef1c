#include <algorithm>
#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#include "actors/batch/admission.hpp"
#include "http/aicenter/jobs/job_wish.hpp"
#include "http/aicenter/sbatch/values.hpp"
#include "http/aicenter/sbatch/words.hpp"

namespace orrery::aicenter {

namespace {

using sbatch::GpuRequest;
using sbatch::SbatchOptions;

std::uint32_t divided_up(std::uint64_t count, std::uint64_t by) {
  return static_cast<std::uint32_t>((count + by - 1) / by);
}

std::uint32_t narrowed(std::uint64_t count) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(count, std::numeric_limits<std::uint32_t>::max() - 1));
}

std::size_t host_count(const std::optional<std::string>& text) {
  const auto hosts = text ? sbatch::expand_host_list(*text) : std::nullopt;
  return hosts ? hosts->size() : 0;
}

/// Reads an asked shape of a job; each step needs those before it.
class Shape {
 public:
  Shape(const SbatchOptions& options, const JobResources& before)
      : options_(options), shape_(before) {}

  Wished<JobResources> read() {
    read_nodes();
    if (options_.ntasks) shape_.task_count = *options_.ntasks;
    if (!read_gpus())
      return WishProblem{slurm_errno::invalid_gres, "one job's GPUs are of one model"};
    read_tasks();
    read_cpus();
    read_memory();
    if (options_.exclusive) shape_.is_exclusive = *options_.exclusive;
    return shape_;
  }

 private:
  /// Of a range the least is taken.
  void read_nodes() {
    if (options_.nodes) shape_.node_count = options_.nodes->min;
    const auto named = host_count(options_.nodelist);
    if (!options_.nodes && named > 0) shape_.node_count = static_cast<std::uint32_t>(named);
  }

  bool take_model(const std::optional<GpuRequest>& request) {
    if (!request) return true;
    if (!model_.empty() && !request->model.empty() && request->model != model_) return false;
    if (!request->model.empty()) model_ = request->model;
    return true;
  }

  bool read_gpus() {
    for (const auto* request :
         {&options_.gres, &options_.gpus_per_node, &options_.gpus, &options_.gpus_per_task})
      if (!take_model(*request)) return false;
    std::optional<std::uint32_t> per_node;
    if (options_.gres) per_node = options_.gres->count;
    if (options_.gpus_per_node) per_node = options_.gpus_per_node->count;
    if (!per_node && options_.gpus) per_node = divided_up(options_.gpus->count, shape_.node_count);
    if (!per_node && options_.gpus_per_task)
      per_node = divided_up(std::uint64_t{options_.gpus_per_task->count} * shape_.task_count,
                            shape_.node_count);
    if (!per_node) return true;
    shape_.gpus_per_node = *per_node;
    shape_.gpu_model = model_;
    return true;
  }

  void read_tasks() {
    const auto nodes = std::uint64_t{shape_.node_count};
    if (options_.ntasks) return;
    if (options_.ntasks_per_node) shape_.task_count = narrowed(nodes * *options_.ntasks_per_node);
    if (options_.ntasks_per_gpu)
      shape_.task_count = narrowed(nodes * shape_.gpus_per_node * *options_.ntasks_per_gpu);
    shape_.task_count = std::max(shape_.task_count, shape_.node_count);
  }

  void read_cpus() {
    const auto per_node = divided_up(shape_.task_count, shape_.node_count);
    if (options_.cpus_per_task) shape_.cpus_per_task = *options_.cpus_per_task;
    const bool says = options_.ntasks || options_.ntasks_per_node || options_.ntasks_per_gpu ||
                      options_.cpus_per_task || options_.cpus_per_gpu || options_.mincpus ||
                      options_.nodes;
    if (!says) return;
    std::uint64_t cpus = std::uint64_t{per_node} * shape_.cpus_per_task;
    if (options_.cpus_per_gpu)
      cpus = std::max(cpus, std::uint64_t{*options_.cpus_per_gpu} * shape_.gpus_per_node);
    if (options_.mincpus) cpus = std::max(cpus, std::uint64_t{*options_.mincpus});
    shape_.cpus_per_node = narrowed(std::max<std::uint64_t>(cpus, 1));
  }

  void set_memory(std::uint64_t mib, std::uint64_t times) {
    shape_.memory_mib_per_node = mib == 0 ? batch::as_much_memory_as_allowed
                                          : narrowed(mib * std::max<std::uint64_t>(times, 1));
  }

  void read_memory() {
    if (options_.mem) set_memory(*options_.mem, 1);
    if (options_.mem_per_cpu) set_memory(*options_.mem_per_cpu, shape_.cpus_per_node);
    if (options_.mem_per_gpu) set_memory(*options_.mem_per_gpu, shape_.gpus_per_node);
  }

  const SbatchOptions& options_;
  JobResources shape_;
  std::string model_;
};

/// "a100&big", "a100,big"; alternatives and counts aren't to be had.
std::optional<std::vector<std::string>> features_of(std::string_view text) {
  std::vector<std::string> features;
  std::string joined(text);
  std::replace(joined.begin(), joined.end(), ',', '&');
  for (const auto part : sbatch::split(joined, '&')) {
    if (part.empty() && features.empty() && text.empty()) return features;
    if (part.empty() || part.find_first_of("|[]*()") != std::string_view::npos) return std::nullopt;
    features.emplace_back(part);
  }
  return features;
}

Wished<std::vector<std::string>> hosts_of(std::string_view text) {
  if (text.empty()) return std::vector<std::string>{};
  auto hosts = sbatch::expand_host_list(text);
  if (!hosts)
    return WishProblem{slurm_errno::invalid_node_name, fmt::format("\"{}\" is no host list", text)};
  return *std::move(hosts);
}

}  // namespace

Wished<JobResources> resources_of(const SbatchOptions& options, const JobResources& before) {
  return Shape(options, before).read();
}

Wished<JobNodeWishes> node_wishes_of(const SbatchOptions& options, const JobNodeWishes& before) {
  auto wishes = before;
  if (options.nodelist) {
    auto hosts = hosts_of(*options.nodelist);
    if (!hosts) return hosts.error();
    wishes.wanted = *std::move(hosts);
  }
  if (options.exclude) {
    auto hosts = hosts_of(*options.exclude);
    if (!hosts) return hosts.error();
    wishes.excluded = *std::move(hosts);
  }
  if (options.constraint) {
    auto features = features_of(*options.constraint);
    if (!features)
      return WishProblem{
          slurm_errno::invalid_feature,
          fmt::format("\"{}\" is no list of features with \"&\"", *options.constraint)};
    wishes.features = *std::move(features);
  }
  return wishes;
}

void throw_exception_from_error(const WishProblem& problem, const boost::source_location&) {
  throw std::logic_error("a wish that was refused was used: " + problem.sentence);
}

}  // namespace orrery::aicenter
