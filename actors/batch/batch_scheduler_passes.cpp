#include <bit>
#include <string>
#include <utility>

#include "actors/batch/batch_scheduler_state.hpp"

namespace orrery {
namespace {

using namespace std::chrono_literals;

/// Priorities grow with age even where nothing happens.
constexpr auto interval_when_idle = 60s;
/// Between passes over a long queue.
constexpr auto interval_when_long = 1s;
/// After a pass over a queue of some length the next one is put off for so long a job, so that a
/// burst of submissions isn't slowed down by passes.
constexpr auto pause_per_job = 50us;
constexpr std::size_t no_pause_up_to = 20;
constexpr auto shares_stay_good = 1s;

std::int64_t seconds(Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

bool BatchScheduler::State::is_time(const Center& center) const {
  if (!center.policy) return false;
  const auto since = now_ - center.last_pass;
  const auto waiting = center.book.waiting_count();
  if (center.is_changed && waiting <= no_pause_up_to) return true;
  if (center.is_changed)
    return waiting <= few ? since >= pause_per_job * static_cast<std::int64_t>(waiting)
                          : since >= interval_when_long;
  return since >= interval_when_idle || (center.next_s != 0 && center.next_s <= seconds(now_));
}

std::vector<OwedCommand> BatchScheduler::State::due() {
  std::vector<OwedCommand> owed;
  if (!resumed_) return owed;
  for (auto& [cluster, center] : centers_)
    if (center.is_changed && is_time(center)) pass(cluster, center, owed);
  return owed;
}

std::vector<OwedCommand> BatchScheduler::State::at(Time now) {
  now_ = std::max(now_, now);
  std::vector<OwedCommand> owed;
  for (auto& [cluster, center] : centers_)
    if (is_time(center)) pass(cluster, center, owed);
  return owed;
}

std::vector<OwedCommand> BatchScheduler::State::resume() {
  resumed_ = true;
  std::vector<OwedCommand> owed;
  for (auto& [cluster, center] : centers_) {
    center.book.forget_assumptions();
    if (center.policy) pass(cluster, center, owed);
  }
  return owed;
}

/// The events that explain the refusal bring the next pass.
void BatchScheduler::State::refused(const RefusedCommand& refused) {
  const auto* of_job = std::get_if<Rejected<Job>>(&refused);
  if (of_job == nullptr) return;
  const auto found = find(static_cast<std::uint32_t>(std::stoul(of_job->id)));
  auto* run = found.job == nullptr ? nullptr : found.center->book.run_of(found.job->id);
  if (run == nullptr) return;
  if (std::holds_alternative<Job::Stop>(of_job->command)) {
    run->told_to_stop_s = 0;
  } else if (run->is_assumed) {
    found.center->book.take_back(*found.job);
  }
}

std::vector<batch::FleetNode> BatchScheduler::State::fleet_of(const std::string& cluster,
                                                              const Center& center) const {
  std::vector<batch::FleetNode> fleet;
  for (const auto& node : center.policy->nodes) {
    const auto number = nodes_.find(node.id);
    if (number == batch::NodeBook::none || nodes_[number].cluster != cluster) continue;
    const auto& facts = nodes_[number];
    batch::FleetNode member;
    member.size = {facts.id, facts.gpu_model, facts.gpu_count, facts.cpu_count, facts.memory_mib};
    member.features = node.features;
    member.number = number;
    member.is_usable = facts.is_ready && !facts.is_cordoned;
    member.lost = {facts.lost_gpus(), static_cast<std::int64_t>(facts.cpus_of_others),
                   static_cast<std::int64_t>(facts.memory_of_others),
                   facts.leases_of_others + std::popcount(facts.claimed_by_others)};
    const auto shunned = shunned_.find(number);
    if (shunned != shunned_.end()) member.shunned_until_s = shunned->second;
    fleet.push_back(std::move(member));
  }
  return fleet;
}

void BatchScheduler::State::bring_shares_up_to_date(Center& center) {
  const auto count = people_.associations().size();
  const bool are_good =
      center.shares.factors.size() == count && now_ - center.shares_of < shares_stay_good;
  if (are_good) return;
  center.usages.resize(count);
  std::vector<double> usages;
  usages.reserve(count);
  for (const auto& usage : center.usages)
    usages.push_back(usage.at(now_, center.policy->weights.usage_half_life_min));
  center.shares = batch::shares_of(people_, usages);
  center.shares_of = now_;
}

void BatchScheduler::State::pass(const std::string& cluster, Center& center,
                                 std::vector<OwedCommand>& owed) {
  center.is_changed = false;
  center.last_pass = now_;
  if (board_ != nullptr) board_->pass_begins();
  bring_shares_up_to_date(center);
  auto planned = batch::plan({center.book, people_, center.shares}, fleet_of(cluster, center),
                             *center.policy, seconds(now_));
  center.next_s = planned.next_s;
  for (const auto& stop : planned.stops) owed.push_back(preempt(center, stop));
  for (const auto& start : planned.starts) owed.push_back(schedule(center, start));
  ++center.pass_count;
  if (board_ == nullptr) return;
  planned.forecast->position = position_;
  planned.forecast->made_at = now_;
  planned.forecast->pass_count = center.pass_count;
  board_->publish(cluster, std::move(planned.forecast));
}

OwedCommand BatchScheduler::State::schedule(Center& center, const batch::PlannedStart& start) {
  auto& job = *center.book.find(start.job_id);
  batch::Run run;
  run.nodes = start.nodes;
  run.time_limit_min = start.time_limit_min;
  run.placed_s = seconds(now_);
  run.is_assumed = true;
  center.book.place(job, std::move(run));
  return owe(job, Job::Schedule{{job.attempt + 1, start.partition, start.node_ids,
                                 start.time_limit_min, start.is_backfilled}});
}

OwedCommand BatchScheduler::State::preempt(Center& center, const batch::PlannedStop& stop) {
  center.book.run_of(stop.job_id)->told_to_stop_s = seconds(now_);
  const auto& job = *center.book.find(stop.job_id);
  return owe(job, Job::Stop{{JobStopReason::preempted, 0, {}, stop.goes_back}, job.attempt});
}

OwedCommand BatchScheduler::State::owe(const batch::QueuedJob& job, Job::Command command) const {
  return {To<Job>{std::to_string(job.id), std::move(command)},
          {std::string(origin_name), job.last_event, job.correlation}};
}

}  // namespace orrery
