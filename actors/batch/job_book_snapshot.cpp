#include <algorithm>
#include <utility>

#include "actors/batch/job_book.hpp"
#include "events/archive.hpp"
#include "events/end_of_bytes.hpp"

namespace orrery::batch {
namespace {

struct SavedBook {
  std::vector<Shape> shapes;
  /// Their shapes are places in the list above.
  std::vector<QueuedJob> jobs;
  std::map<std::uint32_t, Run> runs;
  std::map<std::uint32_t, WaitsFor> waits;
  std::map<std::uint32_t, ArrayRecord> arrays;
  std::string past;
  BOOST_DESCRIBE_CLASS(SavedBook, (), (shapes, jobs, runs, waits, arrays, past), (), ())
};

}  // namespace

void JobBook::save(std::string& out) const {
  SavedBook saved{{}, {}, {}, waits_, arrays_, {}};
  for (const auto& [id, run] : runs_)
    if (!run.is_assumed) saved.runs.emplace(id, run);
  std::vector<std::uint32_t> place_of_shape(shapes_.number_count(), 0xffff'ffff);
  saved.jobs.reserve(jobs_.size() - ended_count_);
  for (const auto& job : jobs_) {
    if (job.has_ended) continue;
    auto& place = place_of_shape[job.shape];
    if (place == 0xffff'ffff) {
      place = static_cast<std::uint32_t>(saved.shapes.size());
      saved.shapes.push_back(shapes_[job.shape]);
    }
    auto& copy = saved.jobs.emplace_back(job);
    copy.shape = place;
    copy.is_placed = saved.runs.contains(job.id);
  }
  past_.save(saved.past);
  ByteWriter{out}(saved);
}

void JobBook::load(std::string_view bytes) {
  *this = {};
  SavedBook saved;
  ByteReader reader(bytes);
  reader(saved);
  expect_end(reader);
  for (auto& job : saved.jobs) {
    job.shape = shapes_.add(saved.shapes.at(job.shape));
    if (!job.is_placed) ++waiting_count_;
  }
  jobs_ = std::move(saved.jobs);
  runs_ = std::move(saved.runs);
  waits_ = std::move(saved.waits);
  arrays_ = std::move(saved.arrays);
  past_.load(saved.past);
  for (const auto& [id, waits] : waits_)
    if (waits.has_singleton()) ++singleton_count_;
}

}  // namespace orrery::batch
