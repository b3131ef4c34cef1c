#include "drivers/job_duties.hpp"

#include <csignal>
#include <iterator>
#include <utility>

#include "events/stream_name.hpp"

namespace orrery {
namespace {

Origin origin_of(Position causation, const std::string& correlation) {
  return {std::string(driver_origin_name), causation, correlation};
}

}  // namespace

void JobDuties::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { on(recorded, event); }) on(recorded, event);
      },
      recorded.event);
}

void JobDuties::on(const RecordedEvent& recorded, const JobScheduled& event) {
  auto& duty = duties_[std::string(stream_id(recorded.stream))];
  duty = {};
  duty.attempt = event.attempt;
  duty.partition = event.partition;
  duty.time_limit_min = event.time_limit_min;
}

void JobDuties::on(const RecordedEvent& recorded, const JobAllocated& event) {
  const auto found = duties_.find(stream_id(recorded.stream));
  if (found == duties_.end()) return;
  auto& duty = found->second;
  duty.places = event.places;
  duty.fence = event.fence;
  duty.causation = recorded.position;
  duty.correlation = recorded.origin.correlation;
  noted_.insert(found->first);
}

void JobDuties::on(const RecordedEvent& recorded, const JobUnscheduled&) {
  forget(stream_id(recorded.stream));
}

/// One that was cancelled before its leases were granted.
void JobDuties::on(const RecordedEvent& recorded, const JobEnded&) {
  forget(stream_id(recorded.stream));
}

void JobDuties::on(const RecordedEvent& recorded, const JobStarted&) {
  if (const auto found = duties_.find(stream_id(recorded.stream)); found != duties_.end())
    found->second.started_at_us = recorded.time.time_since_epoch().count();
}

void JobDuties::on(const RecordedEvent& recorded, const JobSignalled& event) {
  const auto found = duties_.find(stream_id(recorded.stream));
  if (found == duties_.end() || found->second.places.empty()) return;
  auto& [id, duty] = *found;
  auto& signals = duty.signals;
  if (signals.size() == signals_max) signals.erase(signals.begin());
  signals.push_back({recorded.position, event.signal, event.to_script_only});
  if (resumed_) words_.push_back(signal_of(id, duty, signals.back()));
}

void JobDuties::on(const RecordedEvent& recorded, const JobStopRequested& event) {
  const auto found = duties_.find(stream_id(recorded.stream));
  if (found == duties_.end()) return;
  auto& duty = found->second;
  duty.stop = event;
  duty.causation = recorded.position;
  duty.correlation = recorded.origin.correlation;
  noted_.insert(found->first);
}

void JobDuties::on(const RecordedEvent& recorded, const JobExited& event) {
  const auto id = stream_id(recorded.stream);
  if (const auto found = duties_.find(id); found != duties_.end() && !event.is_confirmed)
    lose(recorded, found->second);
  forget(id);
}

void JobDuties::on(const RecordedEvent&, const BatchPolicySet& event) {
  for (const auto& node : event.policy.nodes) kill_waits_[node.id] = event.policy.kill_wait_s;
}

/// Nobody waits for its processes: the node is lost to us.
void JobDuties::lose(const RecordedEvent& recorded, const Duty& duty) {
  if (duty.places.empty()) return;
  const auto& node_id = duty.places.front().node_id;
  auto& lost = lost_[node_id];
  lost.push_back({std::string(stream_id(recorded.stream)), duty.fence, recorded.position,
                  recorded.origin.correlation});
  if (resumed_) words_.push_back(stop_of(node_id, lost.back()));
}

void JobDuties::forget(std::string_view id) {
  if (const auto found = duties_.find(id); found != duties_.end()) duties_.erase(found);
  if (const auto noted = noted_.find(id); noted != noted_.end()) noted_.erase(noted);
}

void JobDuties::forget_lost(std::string_view node_id) {
  const auto found = lost_.find(node_id);
  if (found == lost_.end()) return;
  if (resumed_)
    for (const auto& lost : found->second) words_.push_back(stop_of(node_id, lost));
  lost_.erase(found);
}

std::string_view JobDuties::node_of(std::string_view id) const {
  const auto found = duties_.find(id);
  if (found == duties_.end() || found->second.places.empty()) return {};
  return found->second.places.front().node_id;
}

/// What was said meanwhile comes after what is to be begun, so that there is somebody to hear it.
void JobDuties::due(std::vector<DriverMessage>& owed) {
  for (const auto& id : std::exchange(noted_, {})) owe(id, duties_.find(id)->second, owed);
  std::ranges::move(std::exchange(words_, {}), std::back_inserter(owed));
}

void JobDuties::resume(std::vector<DriverMessage>& owed) {
  noted_.clear();
  words_.clear();
  resumed_ = true;
  for (const auto& [node_id, jobs] : lost_)
    for (const auto& lost : jobs) owed.push_back(stop_of(node_id, lost));
  for (const auto& [id, duty] : duties_) {
    owe(id, duty, owed);
    if (duty.stop) continue;
    for (const auto& sent : duty.signals) owed.push_back(signal_of(id, duty, sent));
  }
}

void JobDuties::owe(std::string_view id, const Duty& duty, std::vector<DriverMessage>& owed) const {
  if (duty.places.empty()) return;
  const auto& node_id = duty.places.front().node_id;
  if (duty.stop) {
    const auto wait = kill_waits_.find(node_id);
    owed.push_back(StopJob{std::string(id), node_id, duty.fence,
                           wait == kill_waits_.end() ? kill_wait_s_default : wait->second,
                           duty.stop->signal, duty.stop->reason,
                           origin_of(duty.causation, duty.correlation)});
    return;
  }
  StartJob start;
  start.job_id = id;
  start.node_id = node_id;
  start.places = duty.places;
  start.fence = duty.fence;
  start.attempt = duty.attempt;
  start.partition = duty.partition;
  start.time_limit_min = duty.time_limit_min;
  if (duty.started_at_us != 0)
    start.started_at = Time(std::chrono::microseconds(duty.started_at_us));
  start.origin = origin_of(duty.causation, duty.correlation);
  owed.emplace_back(std::move(start));
}

StopJob JobDuties::stop_of(std::string_view node_id, const Lost& lost) {
  return {lost.job_id,
          std::string(node_id),
          lost.fence,
          0,
          SIGKILL,
          JobStopReason::node_failed,
          origin_of(lost.causation, lost.correlation)};
}

SignalJob JobDuties::signal_of(std::string_view id, const Duty& duty, const SentSignal& sent) {
  return {std::string(id),
          duty.places.front().node_id,
          duty.fence,
          sent.number,
          sent.signal,
          sent.to_script_only,
          origin_of(sent.number, duty.correlation)};
}

}  // namespace orrery
