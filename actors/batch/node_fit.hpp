#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/batch/admission.hpp"
#include "events/batch_policy_events.hpp"
#include "events/job_events.hpp"

namespace orrery::batch {

/// The element of that name; null where there is none.
template <class T>
const T* find_named(const std::vector<T>& all, std::string_view name) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const T& one) { return one.name == name; });
  return found == all.end() ? nullptr : &*found;
}

inline bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Null where the policy caps nothing beside GPUs of that model.
const BatchGpuCap* gpu_cap_of(const BatchPolicy& policy, std::string_view gpu_model);

/// Whether what a job takes beside its GPUs is within the cap of their model.
bool is_within_cap(const BatchPolicy& policy, std::string_view gpu_model,
                   const JobResources& resources);

/// Whether the job's wishes allow a node with that id and those features.
bool are_wishes_met(std::string_view id, const std::vector<std::string>& features,
                    const JobNodeWishes& wishes);

/// Whether the node could hold the job's part on it if it were empty. As much memory as is allowed
/// counts as none.
bool could_hold(const BatchPolicy& policy, const NodeSize& node, const JobResources& resources);

}  // namespace orrery::batch
