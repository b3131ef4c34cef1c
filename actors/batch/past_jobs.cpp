#include "actors/batch/past_jobs.hpp"

#include <algorithm>
#include <vector>

#include "events/archive.hpp"
#include "events/end_of_bytes.hpp"

namespace orrery::batch {

void PastJobs::note(std::uint32_t job_id, JobOutcome outcome) {
  pages_[job_id / page_size][job_id % page_size] =
      static_cast<std::uint8_t>(static_cast<unsigned>(outcome) + 1);
  if (pages_.size() > page_count_max) pages_.erase(pages_.begin());
}

std::optional<JobOutcome> PastJobs::outcome_of(std::uint32_t job_id) const {
  const auto page = pages_.find(job_id / page_size);
  if (page == pages_.end()) return std::nullopt;
  const auto stored = page->second[job_id % page_size];
  if (stored == 0) return std::nullopt;
  return static_cast<JobOutcome>(stored - 1);
}

void PastJobs::save(std::string& out) const {
  std::map<std::uint32_t, std::string> saved;
  for (const auto& [number, page] : pages_) saved[number].assign(page.begin(), page.end());
  ByteWriter{out}(saved);
}

void PastJobs::load(std::string_view bytes) {
  std::map<std::uint32_t, std::string> saved;
  ByteReader reader(bytes);
  reader(saved);
  expect_end(reader);
  pages_.clear();
  for (const auto& [number, page] : saved)
    std::copy_n(page.begin(), std::min<std::size_t>(page.size(), page_size),
                pages_[number].begin());
}

}  // namespace orrery::batch
