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

#include "events/envelope.hpp"

namespace orrery {

class Clock;
class CommandBus;

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
class HeartbeatWatch {
 public:
  struct Timing {
    std::chrono::milliseconds lost_after{90'000};
    /// Between two looks at the table; also how much later than due a node may be given up.
    std::chrono::milliseconds look{1'000};
  };
  /// Sends a report; the watch repeats nothing, the next look or heartbeat does.
  using Report = std::function<void(const std::string& node_id, bool is_ready)>;

  HeartbeatWatch(const Clock& clock, Timing timing, Report report);
  /// Joins its thread.
  ~HeartbeatWatch();
  HeartbeatWatch(const HeartbeatWatch&) = delete;
  HeartbeatWatch& operator=(const HeartbeatWatch&) = delete;

  /// A node that is to be there; at the start for each that was ready, later for each new one.
  void expect(std::string_view node_id);
  /// It has spoken. `telemetry` replaces what it said before, unless it is empty.
  void beat(std::string_view node_id, std::vector<GpuTelemetry> telemetry = {});
  /// It has gone away by itself: reported lost at once.
  void gone(std::string_view node_id);
  /// It is withdrawn: nothing more is said about it.
  void forget(std::string_view node_id);

  struct Sign {
    Time last_seen{};
    std::vector<GpuTelemetry> telemetry;
  };
  std::optional<Sign> sign_of(std::string_view node_id) const;

  /// Looks at the table now; for tests. The thread does the same.
  void look();

 private:
  struct Entry {
    Time last_seen{};
    bool is_lost = false;
    std::vector<GpuTelemetry> telemetry;
  };

  const Clock& clock_;
  Timing timing_;
  Report report_;
  mutable std::mutex mutex_;
  std::condition_variable stop_wish_;
  bool stopping_ = false;
  std::unordered_map<std::string, Entry> entries_;
  std::thread thread_;
};

}  // namespace orrery
