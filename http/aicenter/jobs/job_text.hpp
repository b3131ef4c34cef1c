#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "actors/batch/forecast.hpp"
#include "projections/jobs/job_view.hpp"

namespace orrery::aicenter {

/// What is sealed of a job, as whoever may read it sees it; empty for all others, and in lists.
struct JobPaths {
  std::string standard_input;
  std::string standard_output;
  std::string standard_error;
  std::string working_directory;
};

/// What the last job's resources are in words: of many jobs in a row they are the same.
struct ResourceTexts {
  JobResources of;
  std::string tres;
  std::string per_node;
};

/// What a job's text says besides its row.
struct JobSight {
  /// Of its user.
  std::uint32_t uid = 0;
  /// Of the scheduler's last pass; may be null.
  const batch::Forecast* forecast = nullptr;
  /// May be null.
  const JobPaths* paths = nullptr;
  /// Of one that no longer waits; 0: nobody has looked.
  std::uint32_t priority = 0;
  /// Kept from one job to the next; may be null.
  ResourceTexts* texts = nullptr;
};

/// Bytes that a job takes about, for making room beforehand.
inline constexpr std::size_t job_text_bytes = 3'300;

/// Appends what v0.0.38 shows of a job: the same keys in the same order as slurmrestd 22.05.8.
/// Straight into the buffer, as lists have thousands.
void append_job(std::string& out, const JobRow& job, const JobSight& sight);

/// "RUNNING", "COMPLETING" …
std::string_view job_state_word(JobStatus status);

/// Why it waits, or ended so, in Slurm's word; "None" where there is nothing to say.
std::string_view job_reason_word(const JobRow& job, const batch::Forecast* forecast);

/// "afterok:1001(unfulfilled),singleton(unfulfilled)"; empty where it waits for no other.
std::string dependency_text(const JobFacts& facts);

}  // namespace orrery::aicenter
