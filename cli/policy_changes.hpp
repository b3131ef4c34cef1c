#pragma once

#include <string>
#include <vector>

#include "events/batch_policy_events.hpp"

namespace orrery {

/// What differs, a line each: "limits.jobs_max: 100 → 50", "partitions.p2.nodes: − a100-n3",
/// "partitions: + p4". Entries of lists are known by their names.
std::vector<std::string> policy_changes(const BatchPolicy& before, const BatchPolicy& after);

}  // namespace orrery
