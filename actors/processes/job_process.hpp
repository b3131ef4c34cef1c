#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/tailer.hpp"

namespace orrery {

/// Drives batch jobs from the scheduler's decision to their end: it asks for the leases of the
/// nodes that were chosen, hands the job to its driver once it has all of them, warns it and ends
/// it when its time is over or its GPUs do nothing, when a node is lost, a GPU breaks or its user
/// is suspended, and gives the leases back. It makes the tasks of arrays, each a job of its own,
/// and notes which mails are due. Pure.
///
/// What a job is owed next is a function of its record, its array's, the policy and the time
/// (`owed_step` in job_record.hpp), so a crash between any two steps needs no care. Jobs are
/// forgotten once they have ended, hold nothing and every mail is noted; arrays once all of their
/// tasks have.
class JobProcess {
 public:
  using Owed = OwedCommand;
  static constexpr std::string_view name = "process/job";

  JobProcess();
  ~JobProcess();
  JobProcess(JobProcess&&) noexcept;
  JobProcess& operator=(JobProcess&&) noexcept;

  void apply(const RecordedEvent& event);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  std::vector<OwedCommand> at(Time now);
  void refused(const RefusedCommand& command);
  void save(std::string& out) const;
  void load(std::string_view bytes);

  /// Jobs and arrays that it still remembers.
  std::size_t job_count() const;
  std::size_t array_count() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

static_assert(TimedTailer<JobProcess>);

}  // namespace orrery
