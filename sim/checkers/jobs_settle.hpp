#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// Every batch job waits, runs or has ended in the end, and each task of an array that isn't
/// cancelled is there. An attempt runs once, on the GPUs that its leases are granted, with a fence
/// that no other start has; a job that ends, or waits again, holds nothing, and one that runs holds
/// everything that it runs on.
class JobsSettle : public Checker {
 public:
  std::string_view name() const override { return "jobs_settle"; }
  void apply(const RecordedEvent& recorded) override;
  void at_rest() override;

  /// Jobs on their way to somewhere, and tasks that aren't there yet; without those that wait for
  /// the scheduler.
  std::size_t moving_count() const { return moving_.size() + missing_.size(); }
  /// The world waits for rest; and it has found it once. Time goes on for jobs that run then: what
  /// moves later has its time limit behind it, or starts after others.
  void await_rest() { has_rested_ = false; }
  void found_rest() { has_rested_ = true; }

 private:
  struct Held {
    std::string node_id;
    std::vector<std::uint32_t> gpu_indices;
  };
  void on_job(const RecordedEvent& recorded, const std::string& id);
  void on_lease(const RecordedEvent& recorded);
  void allocated(const RecordedEvent& recorded, const std::string& id,
                 const JobAllocated& allocation);
  void expect_nothing_held(const RecordedEvent& recorded, const std::string& id);

  /// Job → position of the event that set it moving.
  std::map<std::string, Position> moving_;
  /// Task's job → position of its array's request.
  std::map<std::string, Position> missing_;
  std::set<std::string> ended_;
  /// Job → number of its newest attempt.
  std::map<std::string, std::uint32_t> attempts_;
  /// Job → places that it runs on.
  std::map<std::string, std::size_t> running_;
  /// Job → what it holds, by lease.
  std::map<std::string, std::map<std::string, Held>> held_;
  std::map<std::string, std::string> job_of_lease_;
  /// (GPU of a node, fence) of every start.
  std::set<std::pair<std::string, std::uint64_t>> starts_;
  /// Array → jobs of its tasks.
  std::map<std::string, std::vector<std::string>> arrays_;
  bool has_rested_ = false;
};

}  // namespace orrery
