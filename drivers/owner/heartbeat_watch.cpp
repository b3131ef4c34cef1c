#include "drivers/owner/heartbeat_watch.hpp"

#include <algorithm>
#include <utility>

#include "actors/runtime/command_gateway.hpp"
#include "actors/shared_node/shared_node.hpp"
#include "actors/shared_node/shared_node_of.hpp"
#include "events/stream_name.hpp"
#include "storage/clock.hpp"

namespace orrery {

HeartbeatWatch::HeartbeatWatch(const Clock& clock, Timing timing, Report report)
    : clock_(clock), timing_(timing), report_(std::move(report)), thread_([this] {
        std::unique_lock lock(mutex_);
        while (!stop_wish_.wait_for(lock, timing_.look, [this] { return stopping_; })) {
          lock.unlock();
          look();
          lock.lock();
        }
      }) {}

HeartbeatWatch::~HeartbeatWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_wish_.notify_all();
  thread_.join();
}

HeartbeatWatch::Entry& HeartbeatWatch::entry_of(std::string_view node_id) {
  const auto found = entries_.find(node_id);
  return found != entries_.end() ? found->second : entries_[std::string(node_id)];
}

void HeartbeatWatch::expect(std::string_view node_id, bool is_ready) {
  if (is_ready) return learn_ready(node_id, true);
  const std::lock_guard lock(mutex_);
  entry_of(node_id);
}

void HeartbeatWatch::beat(std::string_view node_id, std::vector<GpuTelemetry> telemetry) {
  const auto now = clock_.now();
  {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(node_id);
    if (found == entries_.end()) return;
    auto& entry = found->second;
    entry.last_seen = std::max(entry.last_seen, now);
    if (!telemetry.empty()) entry.telemetry = std::move(telemetry);
    entry.speaks_again = entry.is_given_up;
    if (entry.is_ready) return;
    if (entry.reported_ready_at && now - *entry.reported_ready_at < timing_.look) return;
    entry.reported_ready_at = now;
  }
  report_(std::string(node_id), true);
}

void HeartbeatWatch::forget(std::string_view node_id) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(node_id);
  if (found != entries_.end()) entries_.erase(found);
}

std::optional<HeartbeatWatch::Sign> HeartbeatWatch::sign_of(std::string_view node_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(node_id);
  if (found == entries_.end()) return std::nullopt;
  return Sign{found->second.last_seen, found->second.telemetry};
}

void HeartbeatWatch::look() {
  std::vector<std::pair<std::string, bool>> reports;
  {
    const std::lock_guard lock(mutex_);
    const auto now = clock_.now();
    for (auto& [node_id, entry] : entries_) {
      const bool is_silent = now - entry.last_seen >= timing_.lost_after;
      if (entry.is_ready && is_silent) {
        entry.is_given_up = true;
        reports.emplace_back(node_id, false);
      } else if (!entry.is_ready && std::exchange(entry.speaks_again, false)) {
        entry.reported_ready_at = now;
        reports.emplace_back(node_id, true);
      }
    }
  }
  std::ranges::sort(reports);
  for (const auto& [node_id, is_ready] : reports) report_(node_id, is_ready);
}

/// One that has just become ready has the whole time from now on.
void HeartbeatWatch::learn_ready(std::string_view node_id, bool is_ready) {
  const std::lock_guard lock(mutex_);
  if (!is_ready) {
    const auto found = entries_.find(node_id);
    if (found != entries_.end()) found->second.is_ready = found->second.is_given_up = false;
    return;
  }
  auto& entry = entry_of(node_id);
  if (std::exchange(entry.is_ready, true)) return;
  entry.last_seen = std::max(entry.last_seen, clock_.now());
  entry.reported_ready_at.reset();
  entry.is_given_up = entry.speaks_again = false;
}

void HeartbeatWatch::on_commit(const CommittedBatch& batch) {
  for (const auto& recorded : *batch) {
    const auto id = stream_id(recorded.stream);
    if (std::holds_alternative<SharedNodeWithdrawn>(recorded.event))
      forget(node_id_of_shared(id));
    else if (std::holds_alternative<NodeBecameReady>(recorded.event) && shared_node_of(id))
      learn_ready(id, true);
    else if (std::holds_alternative<NodeLost>(recorded.event) && shared_node_of(id))
      learn_ready(id, false);
  }
}

HeartbeatWatch::Report node_reports(CommandGateway& gateway) {
  return [&gateway](const std::string& node_id, bool is_ready) {
    Node::Command command = Node::ReportReady{};
    if (!is_ready) command = Node::ReportLost{"silent"};
    gateway.submit<Node>({node_id, std::move(command), {"driver/owner", 0, {}}, {}},
                         [](const auto&) {});
  };
}

}  // namespace orrery
