#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/processes/deadlines.hpp"
#include "actors/processes/job_process.hpp"
#include "actors/processes/job_record.hpp"
#include "events/stream_name.hpp"

namespace orrery {

/// Inside of `JobProcess`: the records, and what finds the records that an event is about.
class JobProcess::State {
 public:
  void apply(const RecordedEvent& recorded);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  std::vector<OwedCommand> at(Time now);
  void refused(const RefusedCommand& refused);
  void save(std::string& out) const;
  void load(std::string_view bytes);
  std::size_t job_count() const { return jobs_.size(); }
  std::size_t array_count() const { return arrays_.size(); }

 private:
  using Id = std::uint32_t;
  /// What an exclusive job takes of its processors and memory.
  struct NodeSize {
    std::uint32_t cpu_count = 0;
    std::uint32_t memory_mib = 0;
    BOOST_DESCRIBE_CLASS(NodeSize, (), (cpu_count, memory_mib), (), ())
  };
  struct Saved;

  // The jobs: job_process_fold.cpp.
  void on(const RecordedEvent& recorded, const JobSubmitted& event);
  void on(const RecordedEvent& recorded, const JobChanged& event);
  void on(const RecordedEvent& recorded, const JobScheduled& event);
  void on(const RecordedEvent& recorded, const JobAllocated& event);
  void on(const RecordedEvent& recorded, const JobUnscheduled& event);
  void on(const RecordedEvent& recorded, const JobStarted& event);
  void on(const RecordedEvent& recorded, const JobUtilisationChanged& event);
  void on(const RecordedEvent& recorded, const JobWarned& event);
  void on(const RecordedEvent& recorded, const JobSignalled& event);
  void on(const RecordedEvent& recorded, const JobStopRequested& event);
  void on(const RecordedEvent& recorded, const JobExited& event);
  void on(const RecordedEvent& recorded, const JobRequeued& event);
  void on(const RecordedEvent& recorded, const JobEnded& event);
  void on(const RecordedEvent& recorded, const JobMailNoted& event);
  void on(const RecordedEvent& recorded, const BatchPolicySet& event);

  // Arrays and users: job_process_people.cpp.
  void on(const RecordedEvent& recorded, const JobArraySubmitted& event);
  void on(const RecordedEvent& recorded, const JobArrayCancelled& event);
  void on(const RecordedEvent& recorded, const CenterUserSuspended& event);
  void on(const RecordedEvent& recorded, const CenterUserReinstated& event);
  void on(const RecordedEvent& recorded, const CenterUserErased& event);
  void note_task(const RecordedEvent& recorded, const JobArrayTask& task, Id id);
  void refuse_jobs_of(const RecordedEvent& recorded);
  bool is_unwanted(std::string_view user, std::int64_t now_s) const;
  /// What a task's start or end means to who wants mail about the array as one.
  unsigned mails_of_start(const JobRecord& job);
  unsigned mails_of_end(const JobRecord& job, const JobEnded& ended);

  // The fleet and what is leased of it: job_process_leases.cpp.
  void on(const RecordedEvent& recorded, const NodeRegistered& event);
  void on(const RecordedEvent& recorded, const NodeBecameReady& event);
  void on(const RecordedEvent& recorded, const NodeLost& event);
  void on(const RecordedEvent& recorded, const GpuFaulted& event);
  void on(const RecordedEvent& recorded, const GpuRepaired& event);
  void on(const RecordedEvent& recorded, const LeaseRequested& event);
  void on(const RecordedEvent& recorded, const LeaseGranted& event);
  void on(const RecordedEvent& recorded, const LeaseRefused& event);
  void on(const RecordedEvent& recorded, const LeaseReleased& event);
  void on(const RecordedEvent& recorded, const LeaseExpired& event);
  /// Changes one lease of a job's current attempt; false where there is none of this name.
  template <class Change>
  bool update_lease(const RecordedEvent& recorded, Change change);
  /// The same for what befalls all leases on a node.
  template <class Change>
  void update_leases_on(std::string_view node_id, const RecordedEvent& recorded, Change change);
  void end_lease(const RecordedEvent& recorded, JobLease::Phase phase);
  bool is_broken(const JobLease& lease) const;

  /// Changes the record of a job, if there is one, and sees to what follows from that.
  template <class Change>
  void update(Id id, const RecordedEvent& recorded, Change change);
  /// The same for an event of its own stream.
  template <class Change>
  void update_own(const RecordedEvent& recorded, Change change);
  /// The same where it moves on to this phase.
  template <class Change>
  void enter(const RecordedEvent& recorded, JobRecord::Phase phase, Change change);
  template <class Change>
  void update_array(Id id, const RecordedEvent& recorded, Change change);
  void forget_array_if_finished(Id id);

  const JobRules& rules_of(const JobRecord& job) const;
  const JobArrayRecord* array_of(const JobRecord& job) const;
  std::vector<Id> ids_on(std::string_view node_id) const;
  void index(Id id, const JobRecord& job);
  void unindex(Id id, const JobRecord& job);
  void note(Id id);

  // job_process_commands.cpp
  void append_owed(Id id, JobRecord& job, std::vector<OwedCommand>& owed);
  void append_leases(Id id, JobRecord& job, std::vector<OwedCommand>& owed) const;
  void append_tasks(Id id, JobArrayRecord& array, std::vector<OwedCommand>& owed) const;
  AddressedCommand command_for(JobStep step, Id id, const JobRecord& job) const;
  AddressedCommand lease_request(Id id, const JobRecord& job, std::size_t place) const;

  std::unordered_map<Id, JobRecord> jobs_;
  std::map<Id, JobArrayRecord> arrays_;
  std::map<std::string, JobRules, std::less<>> rules_;
  /// Who may use nothing, and until when; 0: for good.
  std::map<std::string, std::int64_t, std::less<>> unwanted_users_;
  std::map<std::string, NodeSize, std::less<>> nodes_;
  std::set<std::string, std::less<>> lost_nodes_;
  /// GPU ids.
  std::set<std::string, std::less<>> faulty_gpus_;
  /// Leases that no attempt wants any more: they came late.
  std::set<std::string, std::less<>> strays_;

  // Derived from the records.
  /// (node, job) where it holds something.
  std::set<std::pair<std::string, Id>> places_;
  Deadlines<Id> deadlines_;

  bool resumed_ = false;
  /// The last time that `at` was told.
  std::int64_t now_s_ = 0;
  /// What `due` looks at.
  std::set<Id> noted_;
  std::set<Id> noted_arrays_;
  std::set<std::string, std::less<>> noted_strays_;
};

template <class Change>
void JobProcess::State::update(Id id, const RecordedEvent& recorded, Change change) {
  const auto found = jobs_.find(id);
  if (found == jobs_.end()) return;
  auto& job = found->second;
  unindex(id, job);
  change(job);
  job.causation = recorded.position;
  job.correlation = recorded.origin.correlation;
  if (is_finished(job)) {
    jobs_.erase(found);
    return;
  }
  index(id, job);
  note(id);
}

template <class Change>
void JobProcess::State::update_own(const RecordedEvent& recorded, Change change) {
  if (const auto id = job_of_stream(recorded.stream)) update(*id, recorded, change);
}

template <class Change>
void JobProcess::State::enter(const RecordedEvent& recorded, JobRecord::Phase phase,
                              Change change) {
  update_own(recorded, [&](JobRecord& job) {
    job.phase = phase;
    job.asked = JobStep::nothing;
    change(job);
  });
}

template <class Change>
void JobProcess::State::update_array(Id id, const RecordedEvent& recorded, Change change) {
  const auto found = arrays_.find(id);
  if (found == arrays_.end()) return;
  auto& array = found->second;
  change(array);
  array.causation = recorded.position;
  array.correlation = recorded.origin.correlation;
  if (resumed_) noted_arrays_.insert(id);
  forget_array_if_finished(id);
}

}  // namespace orrery
