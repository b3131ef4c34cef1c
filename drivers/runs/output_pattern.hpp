#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "events/job_events.hpp"

namespace orrery {

/// What the letters in a pattern of output files stand for.
struct OutputNames {
  /// %j, %J; with leading zeros where a width stands before the letter ("%4j", 10 at most).
  std::uint32_t job_id = 0;
  /// %A and %a; of a job that stands alone they are its own id and 4294967294.
  std::optional<JobArrayTask> task;
  /// %x
  std::string name;
  /// %u
  std::string user;
  /// %N
  std::string host;
};

/// The file that the pattern names, as slurmd 22.05 does for a batch script: %n and %t are 0, %s is
/// "batch", %% is a percent sign, any other letter stays as it is, and a pattern with a backslash
/// means what it says without that.
std::string fill_in_output_pattern(std::string_view pattern, const OutputNames& names);

/// The pattern of jobs that give none.
std::string_view default_output_pattern(bool is_of_array);

}  // namespace orrery
