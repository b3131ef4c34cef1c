#include "sim/clusters/simulated_clusters_actor.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "sim/life.hpp"
#include "sim/virtual_clock.hpp"

using namespace orrery;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

/// A control plane with its clusters in virtual time, over and over.
struct ClusterWorld {
  VirtualClock clock;
  SeededRandom random{1};
  std::unique_ptr<MemoryEventLog> log = std::make_unique<MemoryEventLog>();
  LifeConfiguration configuration;
  CommitFate fate = CommitFate::succeeds;
  std::unique_ptr<Life> life;

  ClusterWorld() {
    configuration.clusters.appends_in_flight_max = 16;
    configuration.driver.repair = StepDelay::fixed(minutes(10));
    configuration.driver.verification = StepDelay::fixed(minutes(5));
    configuration.driver.verification_failures_permille = 0;
    begin();
  }
  void begin() {
    log->set_fate([this] { return fate; });
    life = std::make_unique<Life>(*log, clock, configuration);
  }
  /// The process dies, and another one begins.
  void crash() {
    fate = CommitFate::fails_before_write;
    life.reset();
    log = log->restarted(false);
    fate = CommitFate::succeeds;
    begin();
    life->run_all(random);
  }
  void run_for(milliseconds span) {
    constexpr milliseconds step{250};
    life->run_all(random);
    for (; span.count() > 0; span -= step) {
      clock.advance(step);
      life->advance(step);
      life->run_all(random);
    }
  }
  template <class A>
  void tell(const std::string& id, typename A::Command command) {
    bool accepted = false;
    life->gateway().submit<A>(
        {id, std::move(command), {"test", 0, "r1"}, {}},
        [&](const auto& outcome) { accepted = outcome && !outcome->rejection; });
    life->run_all(random);
    REQUIRE(accepted);
  }
  void request(std::uint32_t node_count) {
    tell<SimulatedCluster>("titan",
                           SimulatedCluster::Request{{"A40-48GB", node_count, 4, 0, 0, 1}});
  }
  void set_script(std::vector<ScriptedFault> script) {
    tell<SimulatedCluster>("titan", SimulatedCluster::SetFaults{{{}, std::move(script)}});
  }
  SimulatedClusterDetails cluster() {
    return life->views().simulated_clusters.find("titan").value();
  }
  std::vector<std::string> facts(const std::string& stream) const {
    std::vector<std::string> names;
    (void)log->read_stream(stream, 1, [&](const StoredEvent& stored) {
      names.emplace_back(name_of(record(stored).event));
      return true;
    });
    return names;
  }
};

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a simulated cluster is made, grows, and takes work", "[sim]") {
  ClusterWorld world;
  world.request(50);
  world.run_for(seconds(1));
  CHECK(world.cluster().is_complete);
  CHECK(world.cluster().ready_count == 50);
  CHECK(world.cluster().gpu_count == 200);
  CHECK(world.facts("node/titan-000050") == Names{"node.registered", "node.became_ready"});
  CHECK(world.facts("gpu/titan-000050:3") == Names{"gpu.registered"});
  world.request(60);
  world.run_for(seconds(1));
  CHECK(world.cluster().is_complete);
  CHECK(world.cluster().gpu_count == 240);
  world.tell<Lease>("l1", Lease::Request{{"test/v1", "titan", "A40-48GB", 4, WhenFull::queue}});
  CHECK(world.facts("lease/l1") == Names{"lease.requested", "lease.granted"});
}

TEST_CASE("a cluster whose server dies while it is made is made by the next one", "[sim]") {
  ClusterWorld world;
  world.request(40);
  for (int i = 0; i < 12; ++i) world.crash();
  world.run_for(seconds(1));
  CHECK(world.cluster().is_complete);
  CHECK(world.cluster().node_count == 40);
  CHECK(world.cluster().gpu_count == 160);
  CHECK(world.facts("simulated_cluster/titan").back() == "simulated_cluster.completed");
}

TEST_CASE("a disk that is full for a while puts a cluster off", "[sim]") {
  ClusterWorld world;
  world.request(1);
  world.run_for(seconds(1));
  int commits = 0;
  world.log->set_fate(
      [&] { return ++commits > 1 && commits < 20 ? CommitFate::disk_full : CommitFate::succeeds; });
  world.request(30);
  world.run_for(seconds(30));
  CHECK(commits > 20);
  CHECK(world.cluster().is_complete);
  CHECK(world.cluster().gpu_count == 120);
}

TEST_CASE("a GPU that breaks is repaired, tested and back, across a restart", "[sim]") {
  ClusterWorld world;
  world.request(2);
  world.run_for(seconds(1));
  world.set_script({{1'000, FaultKind::xid, "titan-000001", 2, 79, 0}});
  world.run_for(seconds(2));
  CHECK(world.facts("gpu/titan-000001:2") ==
        Names{"gpu.registered", "gpu.faulted", "gpu.repair_started"});
  CHECK(world.cluster().in_repair_count == 1);
  world.crash();
  world.run_for(minutes(11));
  CHECK(world.cluster().in_verification_count == 1);
  world.crash();
  world.run_for(minutes(6));
  CHECK(world.facts("gpu/titan-000001:2").back() == "gpu.repaired");
  CHECK(world.cluster().in_verification_count == 0);
}

TEST_CASE("a GPU with a lease is repaired after the lease is gone", "[sim]") {
  ClusterWorld world;
  world.request(1);
  world.run_for(seconds(1));
  world.tell<Lease>("l1", Lease::Request{{"test/v1", "titan", "A40-48GB", 4, WhenFull::queue}});
  world.set_script({{1'000, FaultKind::ecc, "titan-000001", 2, 48, 0}});
  world.run_for(seconds(2));
  CHECK(world.facts("gpu/titan-000001:2").back() == "gpu.faulted");
  world.tell<Lease>("l1", Lease::Release{});
  world.run_for(seconds(1));
  CHECK(world.facts("gpu/titan-000001:2").back() == "gpu.repair_started");
}

TEST_CASE("two broken GPUs cordon their machine until both are back", "[sim]") {
  ClusterWorld world;
  world.request(2);
  world.run_for(seconds(1));
  world.set_script({{1'000, FaultKind::xid, "titan-000001", 0, 79, 0},
                    {1'000, FaultKind::xid, "titan-000001", 1, 74, 0}});
  world.run_for(seconds(2));
  CHECK(world.cluster().cordoned_count == 1);
  CHECK(world.facts("node/titan-000001").back() == "node.cordoned");
  world.run_for(minutes(16));
  CHECK(world.cluster().cordoned_count == 0);
  CHECK(world.facts("node/titan-000001").back() == "node.uncordoned");
}

TEST_CASE("a node that is cut off for long is lost, and ready again when it is reached", "[sim]") {
  ClusterWorld world;
  world.request(2);
  world.run_for(seconds(1));
  world.set_script({{1'000, FaultKind::partition, "titan-000001", 0, 0, 120'000},
                    {1'000, FaultKind::partition, "titan-000002", 0, 0, 30'000}});
  world.run_for(seconds(90));
  CHECK(world.facts("node/titan-000001").back() == "node.lost");
  CHECK(world.cluster().ready_count == 1);
  world.run_for(seconds(40));
  CHECK(world.facts("node/titan-000001").back() == "node.became_ready");
  // The other one was reached again within the grace time: nobody noticed.
  CHECK(world.facts("node/titan-000002") == Names{"node.registered", "node.became_ready"});
}

TEST_CASE("a machine that is down comes back", "[sim]") {
  ClusterWorld world;
  world.request(1);
  world.run_for(seconds(1));
  world.set_script({{1'000, FaultKind::node_loss, "titan-000001", 0, 0, 60'000}});
  world.run_for(seconds(30));
  CHECK(world.facts("node/titan-000001").back() == "node.lost");
  CHECK(world.cluster().node_loss_count == 1);
  world.run_for(seconds(40));
  CHECK(world.facts("node/titan-000001").back() == "node.became_ready");
  CHECK(world.cluster().ready_count == 1);
}
