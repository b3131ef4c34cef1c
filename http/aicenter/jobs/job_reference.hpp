#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "projections/jobs/job_view.hpp"

namespace orrery::aicenter {

/// What "1234" or "1234_5" in a path names.
struct JobReference {
  /// All tasks where an array is named, else the one job; never empty.
  std::vector<JobRow> jobs;
  /// Id of the array where all of it is named.
  std::optional<std::uint32_t> array_id;
};

enum class ReferenceProblem : std::uint8_t {
  /// No number, or the number of nothing that slurmrestd would ask for.
  malformed,
  /// No such job.
  absent,
};

/// A task's own id names the task alone, but for the first, whose id is the array's: that names all
/// of it, as in Slurm.
std::optional<JobReference> find_job(const JobView& view, std::string_view text,
                                     ReferenceProblem& problem);

}  // namespace orrery::aicenter
