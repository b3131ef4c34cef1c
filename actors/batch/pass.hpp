#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/batch/outlook.hpp"
#include "actors/batch/plan.hpp"
#include "actors/batch/shape_view.hpp"

namespace orrery::batch {

/// Inside of `plan`: one pass, in three steps. First what runs is put into the outlooks of nodes
/// and into the loads of people; then one sweep over all who wait tells who may run at all, and his
/// priority; then they are considered one by one in that order.
class Pass {
 public:
  Pass(const Queue& queue, const std::vector<FleetNode>& fleet, const BatchPolicy& policy,
       std::int64_t now_s);
  Plan run();

 private:
  /// What somebody has at once.
  struct Load {
    std::uint32_t jobs = 0;
    std::uint64_t gpus = 0;
  };
  /// Those who compete for GPUs of one model, or for processors alone: how much there is of it, and
  /// the work (seconds of one of them) that comes before.
  struct Pool {
    double capacity = 0;
    double work = 0;
    bool has_reservation = false;
    std::uint32_t try_count = 0;
  };
  struct Order {
    /// The smaller the earlier.
    std::uint64_t key = 0;
    /// Place in the forecast.
    std::uint32_t slot = 0;
  };
  /// A job while it is considered.
  struct Candidate {
    const QueuedJob& job;
    const ShapeView& view;
    JobForecast& forecast;
    Wish wish;
  };
  /// What is known of a shape in this pass: it doesn't fit now for so long, or longer.
  struct Memo {
    std::uint32_t fails_from_min = 0xffff'ffff;
    Access access = 0;
  };

  // Before anybody is considered (pass.cpp).
  void look_at_nodes();
  void look_at_runs();
  void look_at_reservations();
  void sweep();
  void sweep_one(std::uint32_t index);
  WaitReason obstacle_of(const QueuedJob& job, const ShapeView& view);
  bool is_behind_its_namesake(const QueuedJob& job) const;
  void find_namesakes();
  std::uint32_t priority_for(const QueuedJob& job, const ShapeView& view) const;
  const ShapeView& view_of(std::uint32_t shape);
  Access access_of(std::uint32_t association);
  void wake_at(std::int64_t at_s);
  std::int64_t duration_s(std::uint32_t limit_min) const {
    return std::int64_t{limit_min} * 60 + policy_.kill_wait_s;
  }

  // Who has how much (pass_limits.cpp).
  void add_load(const QueuedJob& job, const Shape& shape);
  std::uint64_t qos_key(const QueuedJob& job, const ShapeView& view) const;
  /// What he, his teams or the quality of service have too many of; fills in the forecast's note.
  WaitReason limit_against(const Candidate& candidate);
  WaitReason limit_of_user(const Candidate& candidate);
  WaitReason limit_of_teams(const Candidate& candidate);
  WaitReason limit_of_qos(const Candidate& candidate);
  WaitReason limit_of_array(const Candidate& candidate);
  template <class Make>
  std::uint32_t note(WaitReason reason, std::uint32_t whose, Make make);

  // One by one (pass_starts.cpp).
  void consider(std::uint32_t slot);
  bool start_now(const Candidate& candidate);
  bool start_in(const Candidate& candidate, const PartitionNodes& place);
  bool start_shortened(const Candidate& candidate, const PartitionNodes& place);
  bool may_start_in(const Candidate& candidate, const PartitionNodes& place) const;
  void start(const Candidate& candidate, const PartitionNodes& place,
             const std::vector<std::uint32_t>& nodes, std::uint32_t limit_min);
  bool is_known_to_fail(const Candidate& candidate, std::uint32_t limit_min) const;
  /// Keeps a place and a time for it, where it is its turn to have that.
  void reserve(const Candidate& candidate);
  Slot earliest_for(const Candidate& candidate, const PartitionNodes*& where) const;
  bool may_have_a_place(const ShapeView& view) const;
  void wait_in_line(const Candidate& candidate);
  bool is_blocked_by_a_reservation(const Candidate& candidate) const;
  void estimate(const Candidate& candidate);
  void add_work(const ShapeView& view, std::uint32_t limit_min);
  std::string detail_of(const Candidate& candidate, const Slot& slot) const;

  // Those who make room (pass_preemption.cpp).
  struct Victim {
    std::uint32_t job_id = 0;
    std::int64_t started_s = 0;
    bool goes_back = false;
  };
  std::vector<Victim> victims_on(std::uint32_t node, const Candidate& candidate);
  /// Who has to go so that the wish fits the node now; absent where that isn't enough.
  std::optional<std::vector<Victim>> sacrifice_on(std::uint32_t node, const Candidate& candidate);
  /// True where enough of them are told to stop: their places are free in a moment.
  bool preempt_for(const Candidate& candidate);
  void stop(const Victim& victim);

  const Queue& queue_;
  const std::vector<FleetNode>& fleet_;
  const BatchPolicy& policy_;
  const std::int64_t now_s_;
  Plan plan_;
  Forecast& forecast_;

  std::vector<Outlook> outlooks_;
  /// From numbers of nodes to indices into the fleet.
  std::vector<std::uint32_t> index_of_node_;
  /// Jobs on each node.
  std::vector<std::vector<std::uint32_t>> tenants_;
  /// When what runs will have ended, by job.
  std::unordered_map<std::uint32_t, std::int64_t> ends_s_;

  ShapeViews views_;
  std::vector<Memo> memos_;
  std::vector<Pool> pools_;
  std::vector<Order> order_;
  /// Index into the book's jobs, by place in the forecast.
  std::vector<std::uint32_t> job_of_slot_;
  /// The oldest living job of a user and name, where some job wants to be the only one.
  std::map<std::pair<std::uint32_t, std::uint64_t>, std::uint32_t> namesakes_;

  std::vector<Load> user_loads_;
  std::vector<Load> team_loads_;
  std::unordered_map<std::uint64_t, Load> qos_loads_;
  std::unordered_map<std::uint32_t, std::uint32_t> array_loads_;
  std::map<std::pair<WaitReason, std::uint32_t>, std::uint32_t> notes_;
  std::vector<std::optional<Access>> access_;

  /// Somebody waits for room there, and comes before all who are considered from now on.
  std::vector<bool> partition_is_blocked_;
  bool some_wait_for_room_ = false;
  /// Those for whom a place was looked for.
  std::uint32_t try_count_ = 0;
};

}  // namespace orrery::batch
