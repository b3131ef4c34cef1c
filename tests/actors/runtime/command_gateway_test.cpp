#include "actors/runtime/command_gateway.hpp"

#include <atomic>
#include <latch>
#include <thread>

#include <catch2/catch.hpp>

#include "actors/runtime/control_plane.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "storage/system_clock.hpp"

using namespace orrery;

namespace {

/// The control plane as it is served: CAF's threads, the log on its own.
struct ServedPlane {
  struct Configuration : caf::actor_system_config {
    Configuration() { configure_actors(*this); }
  };
  MemoryEventLog log;
  SystemClock clock;
  Configuration configuration;
  caf::actor_system system{configuration};
  ControlPlane plane{system, make()};

  ControlPlaneConfiguration make() {
    ControlPlaneConfiguration wiring;
    wiring.log = &log;
    wiring.clock = &clock;
    wiring.registry = {64, 2};
    wiring.tick_interval = std::chrono::milliseconds(1);
    return wiring;
  }
  ~ServedPlane() { plane.stop(); }
};

CommandMessage<Node> registration(const std::string& id) {
  return {id, Node::Register{{"c1", "A40-48GB", 4}}, Origin{"test", 0, "test"}, {}};
}

}  // namespace

TEST_CASE("commands from foreign threads are each answered once, and what is answered is durable") {
  constexpr int thread_count = 4;
  constexpr int command_count = 500;
  ServedPlane served;
  REQUIRE(served.plane.await_ready(std::chrono::seconds(60)));
  CommandGateway gateway(served.system, served.plane.bus());
  std::atomic<int> accepted = 0;
  std::latch answers(thread_count * command_count);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < thread_count; ++thread)
    threads.emplace_back([&, thread] {
      for (int i = 0; i < command_count; ++i)
        gateway.submit<Node>(registration(std::to_string(thread) + "-" + std::to_string(i)),
                             [&](const auto& result) {
                               if (result && result->position <= served.log.head()) ++accepted;
                               answers.count_down();
                             });
    });
  for (auto& thread : threads) thread.join();
  answers.wait();
  CHECK(accepted == thread_count * command_count);
  CHECK(gateway.in_flight() == 0);
}

TEST_CASE("one thread's commands to one aggregate are decided in order, passivation or not") {
  ServedPlane served;
  CommandGateway gateway(served.system, served.plane.bus());
  constexpr int round_count = 300;
  std::vector<Version> versions;
  std::latch answers(2 * round_count + 1);
  // All replies come on the gateway's one actor.
  const auto note = [&](const auto& result) {
    versions.push_back(result ? result->version : 0);
    answers.count_down();
  };
  gateway.submit<Node>(registration("n1"), note);
  for (int i = 0; i < round_count; ++i) {
    gateway.submit<Node>({"n1", Node::Cordon{"x"}, {}, {}}, note);
    gateway.submit<Node>({"n1", Node::Uncordon{}, {}, {}}, note);
  }
  answers.wait();
  for (std::size_t i = 0; i < versions.size(); ++i) REQUIRE(versions[i] == i + 1);
}

TEST_CASE("beyond its bound the gateway answers at once that it is unavailable") {
  ServedPlane served;
  CommandGateway gateway(served.system, served.plane.bus(), 0);
  std::string reason;
  gateway.submit<Node>(registration("n1"), [&](const auto& result) {
    REQUIRE(!result.has_value());
    reason = result.error().reason;
  });
  CHECK(reason == "too many commands are on their way");
}

TEST_CASE("a log that takes no writes makes a command unavailable, with the reason") {
  ServedPlane served;
  served.log.set_fate([] { return CommitFate::disk_full; });
  CommandGateway gateway(served.system, served.plane.bus());
  std::latch answer(1);
  std::string reason;
  gateway.submit<Node>(registration("n1"), [&](const auto& result) {
    if (!result) reason = result.error().reason;
    answer.count_down();
  });
  answer.wait();
  CHECK(reason == to_string(AppendError::disk_full));
}

TEST_CASE("commands that meet the end of the control plane are answered all the same") {
  std::atomic<int> answered = 0;
  constexpr int command_count = 200;
  {
    ServedPlane served;
    CommandGateway gateway(served.system, served.plane.bus());
    for (int i = 0; i < command_count; ++i)
      gateway.submit<Node>(registration(std::to_string(i)), [&](const auto&) { ++answered; });
    served.plane.stop();
  }
  CHECK(answered == command_count);
}
