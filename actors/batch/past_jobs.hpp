#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "events/job_events.hpp"

namespace orrery::batch {

/// How jobs ended that others may depend on. Only the youngest million is remembered; what is older
/// counts as never having been, as it does with Slurm, which forgets within minutes.
class PastJobs {
 public:
  void note(std::uint32_t job_id, JobOutcome outcome);
  /// Absent where the job hasn't ended, or is forgotten.
  std::optional<JobOutcome> outcome_of(std::uint32_t job_id) const;

  void save(std::string& out) const;
  /// Throws `MalformedBytes`.
  void load(std::string_view bytes);

 private:
  static constexpr std::uint32_t page_size = 4'096;
  static constexpr std::size_t page_count_max = 256;
  /// One more than the outcome; 0 where there is none.
  using Page = std::array<std::uint8_t, page_size>;

  std::map<std::uint32_t, Page> pages_;
};

}  // namespace orrery::batch
