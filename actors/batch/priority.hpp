#pragma once

#include <cstdint>

#include "events/batch_policy_events.hpp"

namespace orrery::batch {

/// What a job's priority is the weighted sum of; each 0 to 1.
struct PriorityFactors {
  double age = 0;
  double fair_share = 0;
  double job_size = 0;
  double partition = 0;
  double qos = 0;
};

/// How long it has waited, of the time after which waiting counts no more.
double age_factor(const BatchWeights& weights, std::int64_t since_s, std::int64_t now_s);

/// Mean of its shares of the cluster's nodes and processors; what is left of them where small jobs
/// are favoured.
double size_factor(const BatchWeights& weights, std::uint32_t node_count, std::uint64_t cpu_count,
                   std::uint32_t nodes_in_all, std::uint32_t cpus_in_all);

/// Slurm's multi-factor formula: the sum of factors times weights less the nice value, in whole
/// numbers, 1 at least.
std::uint32_t priority_of(const BatchWeights& weights, const PriorityFactors& factors,
                          std::int32_t nice);

}  // namespace orrery::batch
