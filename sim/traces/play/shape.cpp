#include "sim/traces/play/shape.hpp"

namespace orrery::play {
namespace {

/// What goes with `part` of `whole` GPUs, rounded up.
std::uint64_t proportion(std::uint64_t amount, std::uint32_t part, std::uint32_t whole) {
  if (part == whole) return amount;
  return (amount * part + whole - 1) / whole;
}

}  // namespace

Shapes::Shapes(const TraceCluster& cluster) : gpus_per_node_(cluster.gpus_per_node()) {
  for (const auto& kind : cluster.nodes) {
    counts_cpus_ |= kind.cpus_per_node != 0;
    counts_memory_ |= kind.memory_mib_per_node != 0;
  }
}

Shape Shapes::of(const TraceJob& job) const {
  const auto need_of = [&](std::uint32_t gpu_count) {
    return Need{{gpu_count, counts_cpus_ ? proportion(job.cpu_count, gpu_count, job.gpu_count) : 0,
                 counts_memory_ ? proportion(job.memory_mib, gpu_count, job.gpu_count) : 0},
                1'000};
  };
  Shape shape;
  shape.gpu_milli_sum = std::uint64_t{job.gpu_count} * 1'000;
  if (gpus_per_node_ == 0 || job.gpu_count <= gpus_per_node_) {
    shape.rest = need_of(job.gpu_count);
    // A share of several GPUs would be none of any: it takes them whole.
    if (job.gpu_count == 1 && job.gpu_milli != 0 && job.gpu_milli < 1'000) {
      shape.rest.gpu_milli = job.gpu_milli;
      shape.gpu_milli_sum = job.gpu_milli;
    }
    return shape;
  }
  shape.whole_node_count = job.gpu_count / gpus_per_node_;
  shape.whole = need_of(gpus_per_node_);
  const auto rest = job.gpu_count % gpus_per_node_;
  shape.has_rest = rest != 0;
  if (shape.has_rest) shape.rest = need_of(rest);
  return shape;
}

}  // namespace orrery::play
