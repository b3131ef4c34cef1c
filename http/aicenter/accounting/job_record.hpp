#pragma once

#include <boost/json/object.hpp>

#include "http/aicenter/context.hpp"
#include "projections/jobs/job_view.hpp"

namespace orrery::aicenter {

/// How an accounting's record of a job is to be.
struct JobRecordWish {
  Time now{};
  /// Steps: there is one of each job that has started, its script.
  bool with_steps = true;
  /// CPUs and memory of a node count as its job's where it has all of it; may be null.
  const class NodeView* nodes = nullptr;
};

/// What v0.0.38 of the accounting shows of a job: the same keys in the same order.
boost::json::object job_record_json(const JobRow& job, const JobRecordWish& wish);

/// "COMPLETED": what has become of it, in Slurm's word.
std::string_view accounted_state(JobStatus status);

}  // namespace orrery::aicenter
