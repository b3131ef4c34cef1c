#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <boost/system/result.hpp>

#include "http/aicenter/errors.hpp"
#include "http/server/message.hpp"
#include "projections/jobs/job_view.hpp"

namespace orrery::aicenter {

/// Which jobs the accounting is asked for. A job must fit all that is said; of each list, one.
struct JobQuery {
  struct Range {
    std::uint32_t min = 0;
    std::uint32_t max = std::numeric_limits<std::uint32_t>::max();

    bool holds(std::uint32_t count) const { return count >= min && count <= max; }
  };

  /// Seconds since 1970. It hadn't ended before, wasn't submitted after, was submitted since.
  std::optional<std::int64_t> start_s;
  std::optional<std::int64_t> end_s;
  std::optional<std::int64_t> submit_s;
  std::vector<std::string> accounts;
  std::vector<std::string> clusters;
  std::vector<std::string> constraints;
  std::vector<std::string> names;
  std::vector<std::string> nodes;
  std::vector<std::string> partitions;
  std::vector<std::string> qos;
  std::vector<std::string> reasons;
  std::vector<JobStatus> states;
  std::vector<std::uint32_t> exit_codes;
  /// "1000" or, of an array, "1000_3": jobs and arrays.
  std::vector<std::string> jobs;
  /// Asked for what no job here has: nothing fits.
  bool wants_the_impossible = false;
  Range cpus;
  Range node_count;
  bool skip_steps = false;

  bool fits(const JobRow& job) const;
};

/// In slurmrestd's words where a field is unknown or can't be read.
boost::system::result<JobQuery, Refusal> read_job_query(const Request& request, Time now,
                                                        std::int32_t utc_offset_min);

/// Whether a job is meant by "1000", also as a task of that array, or by "1000_3".
bool is_named(const JobRow& job, std::string_view id);

}  // namespace orrery::aicenter
