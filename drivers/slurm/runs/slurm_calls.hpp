#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "drivers/slurm/port/slurm_port.hpp"
#include "drivers/slurm/runs/submission_record.hpp"
#include "events/instance_events.hpp"

namespace orrery {

// What is asked of a Slurm, and what it answers, between who decides (slurm_runs.hpp) and who
// carries it out (slurm_hands.hpp).

/// What a run is started by.
struct PreparedPlan {
  LaunchPlan launch;
  SubmissionRecord submission;
};
/// The files of an attempt, before it is in the log (attempt_files.hpp).
struct PrepareCall {
  RunDirectory directory;
  std::uint32_t attempt = 0;
  /// None where it is written already.
  std::optional<PreparedPlan> plan;
};
struct SubmitCall {
  /// Of the stream slurm_run/<run>.
  std::string run;
  std::uint32_t attempt = 0;
  SlurmOrder order;
};
/// By its name; the id alone is never trusted.
struct CancelCall {
  std::uint64_t id = 0;
  std::string name;
};
struct SignalCall {
  std::uint64_t id = 0;
  std::string name;
  int signal = 0;
};
/// The disk of an instance of which nothing runs any more, as an image.
struct SaveCall {
  std::string run;
  std::string instance_id;
  SnapshotWish wish;
};
using SlurmCall = std::variant<PrepareCall, SubmitCall, CancelCall, SignalCall, SaveCall>;

/// All of Slurm that was seen in one look.
struct SlurmSight {
  /// Of the look, counted up as looks begin: what was done before it began shows in it.
  std::uint64_t number = 0;
  SlurmController controller;
  std::vector<SlurmJob> jobs;
  /// Not looked at each time.
  std::optional<std::vector<SlurmNode>> nodes;
  /// With the nodes.
  std::vector<SlurmPartition> partitions;
};

}  // namespace orrery
