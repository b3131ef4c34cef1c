#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <boost/describe.hpp>

#include "drivers/runs/run_directory.hpp"
#include "drivers/slurm/port/slurm_port.hpp"

namespace orrery {

BOOST_DESCRIBE_STRUCT(SlurmOrder, (),
                      (name, script, partition, nodes, cpus_per_node, memory_mib_per_node, gpu_type,
                       gpus_per_node, time_limit_min, work_directory, output, account))

/// submission.json: what Slurm is asked for at each attempt of the run. Written by the driver with
/// launch.json.
struct SubmissionRecord {
  /// Its name and script are those of no attempt.
  SlurmOrder order;
  /// Here, of the node that its script runs on.
  std::string node_id;
  /// Of a job, the attempt that the run is; 0 of anything else.
  std::uint32_t job_attempt = 0;

  BOOST_DESCRIBE_CLASS(SubmissionRecord, (), (order, node_id, job_attempt), (), ())
};

/// None where there is none.
std::optional<SubmissionRecord> read_submission(const RunDirectory& directory);
/// Durable when it returns; false: see `errno`.
bool write_submission(const RunDirectory& directory, const SubmissionRecord& submission);

/// The same with the name, script and output of an attempt's job.
SlurmOrder order_of_attempt(const SlurmOrder& order, const RunDirectory& directory,
                            std::uint32_t attempt, const std::filesystem::path& program);

/// Which attempt of which run a job of this name is; none where it can't be one of ours.
struct AttemptName {
  std::string_view run;
  std::uint32_t attempt = 0;
};
std::optional<AttemptName> attempt_of_job(std::string_view job_name);

}  // namespace orrery
