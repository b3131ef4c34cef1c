#include <condition_variable>
#include <deque>
#include <mutex>

#include <catch2/catch.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "actors/runtime/control_plane.hpp"
#include "drivers/owner/heartbeat_watch.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "storage/system_clock.hpp"

using namespace orrery;

namespace {

/// The comings and goings of a node, as the log says; for a test that waits for them. Each is seen,
/// however short it was.
class Readiness : public CommitListener {
 public:
  void on_commit(const CommittedBatch& batch) override {
    const std::lock_guard lock(mutex_);
    for (const auto& recorded : *batch) {
      if (std::holds_alternative<NodeBecameReady>(recorded.event)) changes_.push_back(true);
      if (std::holds_alternative<NodeLost>(recorded.event)) changes_.push_back(false);
    }
    changed_.notify_all();
  }
  /// Whether the next change that nobody has asked for yet is this one.
  bool becomes(bool ready) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(30), [&] { return !changes_.empty(); });
    if (changes_.empty() || changes_.front() != ready) return false;
    changes_.pop_front();
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<bool> changes_;
};

}  // namespace

TEST_CASE("a node that its owner looks after comes and goes with its heartbeats") {
  MemoryEventLog log;
  SystemClock clock;
  caf::actor_system_config configuration;
  configure_actors(configuration);
  caf::actor_system system(configuration);
  std::unique_ptr<CommandGateway> gateway;
  const HeartbeatWatch::Timing quick{std::chrono::milliseconds(20), std::chrono::milliseconds(5)};
  HeartbeatWatch watch(clock, quick, [&](const std::string& node_id, bool is_ready) {
    node_reports (*gateway)(node_id, is_ready);
  });
  Readiness readiness;
  ControlPlaneConfiguration wiring;
  wiring.log = &log;
  wiring.clock = &clock;
  wiring.listeners = {&watch, &readiness};
  ControlPlane plane(system, wiring);
  gateway = std::make_unique<CommandGateway>(system, plane.bus());

  watch.expect("shared-1", false);
  gateway->submit<Node>({"shared-1",
                         Node::Register{{"gpushare", "", 0, 4, 0, NodeDriver::owner}},
                         Origin{"test", 0, "test"},
                         {}},
                        [&](const auto&) { watch.beat("shared-1"); });
  CHECK(readiness.becomes(true));
  CHECK(readiness.becomes(false));
  watch.beat("shared-1");
  CHECK(readiness.becomes(true));
  plane.stop();
}
