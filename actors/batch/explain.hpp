#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/batch/forecast.hpp"
#include "events/batch_policy_events.hpp"
#include "events/job_events.hpp"

namespace orrery::batch {

/// What an explanation goes by of a job that waits; the caller knows it from the views.
struct ExplainedJob {
  std::uint32_t id = 0;
  std::string_view user;
  std::string_view account;
  std::string_view qos;
  std::vector<std::string> partitions;
  JobResources resources;
  JobHold hold = JobHold::none;
  std::int32_t nice = 0;
  /// Given by hand; 0: computed.
  std::uint32_t priority = 0;
  std::int64_t begin_time_s = 0;
  /// Seconds since 1970.
  std::int64_t submitted_s = 0;
};

/// One term of the priority: `value` (0 to 1) times `weight`.
struct PriorityFactor {
  /// "age", "fair_share", "job_size", "partition", "qos".
  std::string_view name;
  double value = 0;
  std::uint32_t weight = 0;
  double points() const { return value * weight; }
};

/// Why a job waits, for people and programs.
struct Explanation {
  WaitReason reason = WaitReason::none;
  /// Where the rule stands in the policy, or what it is called: "backfill", "limits.running_max",
  /// "partitions.p2.is_up", "job.begin_time" …
  std::string rule;
  /// With the numbers.
  std::string sentence;
  std::uint32_t priority = 0;
  /// Among those who wait for the same cluster, from 1; 0: unknown.
  std::uint32_t rank = 0;
  std::uint32_t waiting_count = 0;
  /// Seconds since 1970; 0 where nobody can say.
  std::int64_t expected_start_s = 0;
  /// A place and a time are kept for it; else the expected start is an estimate.
  bool is_reserved = false;
  std::vector<PriorityFactor> factors;
  /// Taken from the sum of the factors.
  std::int32_t nice = 0;
};

/// `forecast` may be null (nobody has looked yet).
Explanation explain(const Forecast* forecast, const BatchPolicy& policy, const ExplainedJob& job,
                    std::int64_t now_s);

}  // namespace orrery::batch
