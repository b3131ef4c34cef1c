#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "actors/runtime/string_index.hpp"
#include "storage/event_log.hpp"

namespace orrery {

class Clock;
class CommandGateway;

/// What a node says about one of its GPUs.
struct GpuTelemetry {
  std::uint32_t utilization_percent = 0;
  std::uint32_t memory_used_mib = 0;
  std::uint32_t memory_total_mib = 0;
  std::uint32_t temperature_c = 0;
};

/// The hands of nodes that their owners look after: it only observes. A node that is silent for
/// too long is reported lost (`Node::ReportLost`), and ready again with its next heartbeat
/// (`Node::ReportReady`). Heartbeats are no events: they cost a lock and an entry in a table, and
/// the log says only when a node came and went. After a restart every node has the whole time
/// again. Any thread.
///
/// Hang it to the log actor: from the log it learns which nodes there are, what became of its
/// reports (one that got lost is repeated), and what others report.
class HeartbeatWatch final : public CommitListener {
 public:
  struct Timing {
    std::chrono::milliseconds lost_after{90'000};
    /// Between two looks at the table; also how much later than due a node may be given up, and
    /// the least time between two reports that say the same of one node.
    std::chrono::milliseconds look{1'000};
  };
  /// Sends a report, and needn't see it through. Called without a lock, on any thread.
  using Report = std::function<void(const std::string& node_id, bool is_ready)>;

  HeartbeatWatch(const Clock& clock, Timing timing, Report report);
  /// Joins its thread.
  ~HeartbeatWatch() override;
  HeartbeatWatch(const HeartbeatWatch&) = delete;
  HeartbeatWatch& operator=(const HeartbeatWatch&) = delete;

  /// A node that is offered, and whether it is ready as far as the log knows: said at the start of
  /// each, as a view has it. Later ones it learns from the log.
  void expect(std::string_view node_id, bool is_ready = true);
  /// It has spoken. `telemetry` replaces what it said before, unless it is empty. One that isn't
  /// known (any more) says nothing.
  void beat(std::string_view node_id, std::vector<GpuTelemetry> telemetry = {});
  /// It is withdrawn: nothing more is said about it.
  void forget(std::string_view node_id);

  const Timing& timing() const { return timing_; }

  struct Sign {
    Time last_seen{};
    std::vector<GpuTelemetry> telemetry;
  };
  std::optional<Sign> sign_of(std::string_view node_id) const;

  void on_commit(const CommittedBatch& batch) override;

  /// Looks at the table now; for tests. The thread does the same.
  void look();

 private:
  struct Entry {
    Time last_seen{};
    /// As the log has it.
    bool is_ready = false;
    std::optional<Time> reported_ready_at;
    /// Reported lost, and the log hasn't said so yet.
    bool is_given_up = false;
    /// It has spoken since it was given up.
    bool speaks_again = false;
    std::vector<GpuTelemetry> telemetry;
  };

  Entry& entry_of(std::string_view node_id);
  void learn_ready(std::string_view node_id, bool is_ready);

  const Clock& clock_;
  Timing timing_;
  Report report_;
  mutable std::mutex mutex_;
  std::condition_variable stop_wish_;
  bool stopping_ = false;
  std::unordered_map<std::string, Entry, StringHash, std::equal_to<>> entries_;
  std::thread thread_;
};

/// Reports through the gateway, which must live until the log actor has stopped.
HeartbeatWatch::Report node_reports(CommandGateway& gateway);

}  // namespace orrery
