#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/batch/batch_scheduler.hpp"
#include "actors/batch/fair_share.hpp"
#include "actors/batch/job_book.hpp"
#include "actors/batch/node_book.hpp"
#include "actors/batch/people.hpp"
#include "actors/batch/plan.hpp"

namespace orrery {

/// Inside of `BatchScheduler`. Facts come from events and are saved: nodes, people, jobs with what
/// they hold, usage. What was decided and isn't a fact yet is marked in the book of jobs, so that
/// no pass gives the same place away twice; `resume` forgets it and decides anew.
class BatchScheduler::State {
 public:
  void publish_to(batch::ForecastBoard* board) { board_ = board; }
  void apply(const RecordedEvent& recorded);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  std::vector<OwedCommand> at(Time now);
  void refused(const RefusedCommand& refused);
  void save(std::string& out) const;
  void load(std::string_view bytes);

 private:
  /// The batch system of one cluster.
  struct Center {
    std::optional<BatchPolicy> policy;
    batch::JobBook book;
    /// By association.
    std::vector<batch::Usage> usages;

    /// Nothing from here on is saved. Something has happened since the last pass.
    bool is_changed = true;
    Time last_pass{};
    std::uint64_t pass_count = 0;
    /// When to look again though nothing happens; 0: no such time is known.
    std::int64_t next_s = 0;
    batch::Shares shares;
    Time shares_of{};
  };
  struct Found {
    Center* center = nullptr;
    batch::QueuedJob* job = nullptr;
  };

  // Facts, one function an event (batch_scheduler_facts.cpp).
  void on(const RecordedEvent& recorded, const BatchPolicySet& event);
  void on(const RecordedEvent& recorded, const CenterUserApproved& event);
  void on(const RecordedEvent& recorded, const CenterUserGrantChanged& event);
  void on(const RecordedEvent& recorded, const CenterUserSuspended& event);
  void on(const RecordedEvent& recorded, const CenterUserReinstated& event);
  void on(const RecordedEvent& recorded, const CenterUserErased& event);
  void on(const RecordedEvent& recorded, const CenterTeamSet& event);
  void on(const RecordedEvent& recorded, const CenterTeamDissolved& event);
  void on(const RecordedEvent& recorded, const JobSubmitted& event);
  void on(const RecordedEvent& recorded, const JobHeld& event);
  void on(const RecordedEvent& recorded, const JobReleased& event);
  void on(const RecordedEvent& recorded, const JobChanged& event);
  void on(const RecordedEvent& recorded, const JobScheduled& event);
  void on(const RecordedEvent& recorded, const JobAllocated& event);
  void on(const RecordedEvent& recorded, const JobUnscheduled& event);
  void on(const RecordedEvent& recorded, const JobStarted& event);
  void on(const RecordedEvent& recorded, const JobStopRequested& event);
  void on(const RecordedEvent& recorded, const JobExited& event);
  void on(const RecordedEvent& recorded, const JobRequeued& event);
  void on(const RecordedEvent& recorded, const JobEnded& event);
  void on(const RecordedEvent& recorded, const JobArraySubmitted& event);
  void on(const RecordedEvent& recorded, const JobArrayCancelled& event);

  /// Null where no living job has that id.
  Found find(std::uint32_t job_id);
  /// Changes the living job that an event is about, if there is one: `change(center, job)`.
  template <class Change>
  void update(const RecordedEvent& recorded, Change change);
  std::uint32_t association_of(Center& center, std::string_view team, std::string_view user);
  void count_usage(Center& center, const batch::QueuedJob& job);
  void stop_counting(Center& center, const batch::QueuedJob& job);
  /// What was left alone on those nodes may be tried again.
  void forgive(const batch::Run& run);
  void everybody_is_changed();

  // Passes (batch_scheduler_passes.cpp).
  bool is_time(const Center& center) const;
  void pass(const std::string& cluster, Center& center, std::vector<OwedCommand>& owed);
  std::vector<batch::FleetNode> fleet_of(const std::string& cluster, const Center& center) const;
  void bring_shares_up_to_date(Center& center);
  OwedCommand schedule(Center& center, const batch::PlannedStart& start);
  OwedCommand preempt(Center& center, const batch::PlannedStop& stop);
  OwedCommand owe(const batch::QueuedJob& job, Job::Command command) const;

  batch::ForecastBoard* board_ = nullptr;
  batch::NodeBook nodes_;
  batch::People people_;
  std::map<std::string, Center, std::less<>> centers_;
  /// Of the last event: what is folded goes by that, so that it follows from the log alone.
  Time folded_at_{};
  /// The same, or later.
  Time now_{};
  Position position_ = 0;

  /// Nodes that refused a place, by number, until when.
  std::map<std::uint32_t, std::int64_t> shunned_;

  bool resumed_ = false;
};

}  // namespace orrery
