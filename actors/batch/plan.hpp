#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "actors/batch/admission.hpp"
#include "actors/batch/fair_share.hpp"
#include "actors/batch/forecast.hpp"
#include "actors/batch/job_book.hpp"
#include "actors/batch/people.hpp"
#include "actors/batch/room.hpp"
#include "events/batch_policy_events.hpp"

namespace orrery::batch {

/// A node of the policy as of now.
struct FleetNode {
  /// In all; `id` names it.
  NodeSize size;
  std::vector<std::string> features;
  /// Its number in `Run::nodes`.
  std::uint32_t number = 0;
  /// It is there, and takes new work.
  bool is_usable = false;
  /// Broken, or held by others than our jobs.
  Room lost;
  /// Somebody refused a place here: it is left alone until then, or until something changes.
  std::int64_t shunned_until_s = 0;

  /// All of it, without what is lost.
  Room room() const;
};

/// Everything that waits and runs, and who they are.
struct Queue {
  const JobBook& book;
  const People& people;
  const Shares& shares;
};

/// A job that may start.
struct PlannedStart {
  std::uint32_t job_id = 0;
  std::string partition;
  /// Numbers of its nodes, in the order of its places.
  std::vector<std::uint32_t> nodes;
  std::vector<std::string> node_ids;
  std::uint32_t time_limit_min = 0;
  bool is_backfilled = false;
};

/// A job that others take the place of.
struct PlannedStop {
  std::uint32_t job_id = 0;
  bool goes_back = false;
};

struct Plan {
  std::vector<PlannedStart> starts;
  std::vector<PlannedStop> stops;
  /// Without position, time and count of passes.
  std::shared_ptr<Forecast> forecast;
  /// When the queue is to be looked at again even if nothing happens; 0: nothing is known.
  std::int64_t next_s = 0;
};

/// One pass over the queue of a cluster. Pure, and the same for the same input: by tiers of
/// partitions, then by priority, then by age, each job is started where that delays none of the
/// reservations that were made for those before it; the first ones that can't start get
/// reservations themselves (docs/batch-policy.md).
Plan plan(const Queue& queue, const std::vector<FleetNode>& fleet, const BatchPolicy& policy,
          std::int64_t now_s);

}  // namespace orrery::batch
