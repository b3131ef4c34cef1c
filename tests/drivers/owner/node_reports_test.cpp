#include <condition_variable>
#include <mutex>

#include <catch2/catch.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "actors/runtime/control_plane.hpp"
#include "drivers/owner/heartbeat_watch.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "storage/system_clock.hpp"

using namespace orrery;

namespace {

/// Whether a node is ready, as the log says; for a test that waits for it.
class Readiness : public CommitListener {
 public:
  void on_commit(const CommittedBatch& batch) override {
    const std::lock_guard lock(mutex_);
    for (const auto& recorded : *batch) {
      if (std::holds_alternative<NodeBecameReady>(recorded.event)) is_ready_ = true;
      if (std::holds_alternative<NodeLost>(recorded.event)) is_ready_ = false;
    }
    changed_.notify_all();
  }
  bool becomes(bool ready) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return is_ready_ == ready; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_ready_ = false;
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
