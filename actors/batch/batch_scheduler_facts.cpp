#include <charconv>
#include <utility>

#include "actors/batch/batch_scheduler_state.hpp"
#include "actors/batch/node_fit.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

constexpr std::int64_t shunned_at_most_s = 60;

std::int64_t seconds(Time time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

/// 0 where the id is no number: no job has it.
std::uint32_t number_of(const RecordedEvent& recorded) {
  const auto id = stream_id(recorded.stream);
  std::uint32_t number = 0;
  std::from_chars(id.data(), id.data() + id.size(), number);
  return number;
}

void note_cause(batch::QueuedJob& job, const RecordedEvent& recorded) {
  job.last_event = recorded.position;
  job.correlation = recorded.origin.correlation;
}

}  // namespace

void BatchScheduler::State::apply(const RecordedEvent& recorded) {
  folded_at_ = std::max(folded_at_, recorded.time);
  now_ = std::max(now_, folded_at_);
  position_ = recorded.position;
  if (const auto node = nodes_.apply(recorded); node != batch::NodeBook::none) {
    shunned_.erase(node);
    if (const auto center = centers_.find(nodes_[node].cluster); center != centers_.end())
      center->second.is_changed = true;
  }
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { on(recorded, event); }) on(recorded, event);
      },
      recorded.event);
}

BatchScheduler::State::Found BatchScheduler::State::find(std::uint32_t job_id) {
  for (auto& [cluster, center] : centers_)
    if (auto* job = center.book.find(job_id)) return {&center, job};
  return {};
}

template <class Change>
void BatchScheduler::State::update(const RecordedEvent& recorded, Change change) {
  const auto found = find(number_of(recorded));
  if (found.job == nullptr) return;
  found.center->is_changed = true;
  note_cause(*found.job, recorded);
  change(*found.center, *found.job);
}

std::uint32_t BatchScheduler::State::association_of(Center& center, std::string_view team,
                                                    std::string_view user) {
  const auto association = people_.association_of(team, user);
  if (center.usages.size() <= association) center.usages.resize(association + 1);
  return association;
}

void BatchScheduler::State::everybody_is_changed() {
  for (auto& [cluster, center] : centers_) {
    center.is_changed = true;
    center.shares_of = {};
  }
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const BatchPolicySet& event) {
  const std::string cluster(stream_id(recorded.stream));
  auto& center = centers_[cluster];
  if (center.policy)
    for (auto& usage : center.usages)
      usage.change_rate(0, recorded.time, center.policy->weights.usage_half_life_min);
  center.policy = event.policy;
  center.is_changed = true;
  center.shares_of = {};
  nodes_.watch(cluster);
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const CenterUserApproved& event) {
  people_.approve(stream_id(recorded.stream), event.grant);
  everybody_is_changed();
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const CenterUserGrantChanged& event) {
  people_.approve(stream_id(recorded.stream), event.grant);
  everybody_is_changed();
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const CenterUserSuspended& event) {
  people_.suspend(stream_id(recorded.stream), event);
  everybody_is_changed();
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const CenterUserReinstated&) {
  people_.reinstate(stream_id(recorded.stream));
  everybody_is_changed();
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const CenterUserErased&) {
  people_.suspend(stream_id(recorded.stream), {});
  everybody_is_changed();
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const CenterTeamSet& event) {
  people_.set_team(stream_id(recorded.stream), event);
  everybody_is_changed();
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const CenterTeamDissolved&) {
  people_.dissolve(stream_id(recorded.stream));
  everybody_is_changed();
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const JobSubmitted& event) {
  auto& center = centers_[event.specification.cluster];
  const auto association =
      association_of(center, event.specification.account, event.specification.user);
  center.book.submit(number_of(recorded), event, association, seconds(recorded.time));
  if (auto* job = center.book.find(number_of(recorded))) note_cause(*job, recorded);
  center.is_changed = true;
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const JobHeld& event) {
  update(recorded, [&](Center&, batch::QueuedJob& job) { job.hold = event.by; });
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const JobReleased&) {
  update(recorded, [](Center&, batch::QueuedJob& job) { job.hold = JobHold::none; });
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const JobChanged& event) {
  update(recorded, [&](Center& center, batch::QueuedJob& job) {
    if (event.change.account) {
      const auto user = people_.associations()[job.association].user;
      const std::string name = people_.users()[user].name;
      job.association = association_of(center, *event.change.account, name);
    }
    center.book.change(job, event.change);
  });
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const JobScheduled& event) {
  update(recorded, [&](Center& center, batch::QueuedJob& job) {
    batch::Run run;
    for (const auto& id : event.node_ids)
      if (const auto node = nodes_.find(id); node != batch::NodeBook::none)
        run.nodes.push_back(node);
    run.time_limit_min = event.time_limit_min;
    run.placed_s = seconds(recorded.time);
    job.attempt = event.attempt;
    center.book.place(job, std::move(run));
  });
}

/// What a job uses counts while it has its nodes.
void BatchScheduler::State::count_usage(Center& center, const batch::QueuedJob& job) {
  auto* run = center.book.run_of(job.id);
  if (run == nullptr || run->usage_rate != 0 || !center.policy) return;
  const auto& shape = center.book.shapes()[job.shape];
  const auto& weights = center.policy->weights;
  const auto* qos = batch::find_named(center.policy->qos, shape.qos);
  const auto factor = qos == nullptr ? 1.0 : qos->usage_factor_permille / 1000.0;
  run->usage_rate =
      factor * batch::usage_rate(weights, shape.gpu_count(), shape.cpu_count(), shape.memory_mib());
  center.usages[job.association].change_rate(run->usage_rate, folded_at_,
                                             weights.usage_half_life_min);
}

void BatchScheduler::State::stop_counting(Center& center, const batch::QueuedJob& job) {
  auto* run = center.book.run_of(job.id);
  if (run == nullptr || run->usage_rate == 0 || !center.policy) return;
  const auto half_life_min = center.policy->weights.usage_half_life_min;
  center.usages[job.association].change_rate(-std::exchange(run->usage_rate, 0), folded_at_,
                                             half_life_min);
}

void BatchScheduler::State::forgive(const batch::Run& run) {
  for (const auto node : run.nodes) shunned_.erase(node);
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const JobAllocated&) {
  update(recorded, [&](Center& center, batch::QueuedJob& job) { count_usage(center, job); });
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const JobStarted&) {
  update(recorded, [&](Center& center, batch::QueuedJob& job) {
    center.book.start(job, seconds(recorded.time));
  });
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const JobUnscheduled&) {
  update(recorded, [&](Center& center, batch::QueuedJob& job) {
    // Of one that is to stop the place was good.
    if (const auto* run = center.book.run_of(job.id); run != nullptr && run->stopping_s == 0)
      for (const auto node : run->nodes)
        shunned_[node] = seconds(recorded.time) + shunned_at_most_s;
    stop_counting(center, job);
    center.book.take_back(job);
  });
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const JobStopRequested&) {
  update(recorded, [&](Center& center, batch::QueuedJob& job) {
    if (auto* run = center.book.run_of(job.id); run != nullptr && run->stopping_s == 0)
      run->stopping_s = seconds(recorded.time);
  });
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const JobExited&) {
  update(recorded, [&](Center& center, batch::QueuedJob& job) {
    stop_counting(center, job);
    if (auto* run = center.book.run_of(job.id); run != nullptr && run->stopping_s == 0)
      run->stopping_s = seconds(recorded.time);
  });
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const JobRequeued& event) {
  update(recorded, [&](Center& center, batch::QueuedJob& job) {
    if (const auto* run = center.book.run_of(job.id)) forgive(*run);
    stop_counting(center, job);
    center.book.take_back(job);
    job.begin_time_s = event.begin_time_s;
    job.hold = event.hold;
  });
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const JobEnded& event) {
  update(recorded, [&](Center& center, batch::QueuedJob& job) {
    if (const auto* run = center.book.run_of(job.id)) forgive(*run);
    stop_counting(center, job);
    center.book.end(job, event.outcome);
  });
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const JobArraySubmitted& event) {
  centers_[event.specification.cluster].book.submit_array(number_of(recorded), event);
}

void BatchScheduler::State::on(const RecordedEvent& recorded, const JobArrayCancelled&) {
  for (auto& [cluster, center] : centers_) center.book.cancel_array(number_of(recorded));
  everybody_is_changed();
}

}  // namespace orrery
