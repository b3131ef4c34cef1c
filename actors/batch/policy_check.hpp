#pragma once

#include <string>
#include <vector>

#include "events/batch_policy_events.hpp"

namespace orrery::batch {

/// Something in a policy that makes no sense.
struct PolicyProblem {
  /// As a path of its TOML form: "partitions.p2.nodes", "limits.gpus_per_job_min".
  std::string place;
  /// Such as "a100-n9 is no node of this policy".
  std::string sentence;

  bool operator==(const PolicyProblem&) const = default;
};

/// Empty where the policy makes sense: names are there once and refer to what is there, limits can
/// be kept, times are in order. In the order of `BatchPolicy`'s members.
std::vector<PolicyProblem> problems_of(const BatchPolicy& policy);

}  // namespace orrery::batch
