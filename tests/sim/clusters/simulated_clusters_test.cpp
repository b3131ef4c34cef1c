#include "sim/clusters/simulated_clusters.hpp"

#include <set>

#include <catch2/catch.hpp>

#include "actors/node/node.hpp"
#include "sim/clusters/cluster_births.hpp"

using namespace orrery;
using std::chrono::seconds;

namespace {

const SimulatedClusterRequested three_machines{"A40-48GB", 3, 2, 16, 1'024, 1};

struct ClustersFixture {
  SimulatedClusters clusters;
  std::vector<RecordedEvent> log;

  ClustersFixture& event(const std::string& stream, Event event, Time time = {}) {
    log.push_back({log.size() + 1, stream, 1, time, Origin{"test", 0, "r1"}, std::move(event)});
    clusters.apply(log.back());
    return *this;
  }
  void appended(const std::vector<AppendEvents>& births) {
    for (const auto& append : births)
      for (const auto& each : append.events) event(append.stream, each);
  }
  /// A server that died now, from a snapshot and from the log.
  SimulatedClusters resumed() const {
    std::string bytes;
    clusters.save(bytes);
    SimulatedClusters replayed;
    for (const auto& recorded : log) replayed.apply(recorded);
    std::string again;
    replayed.save(again);
    CHECK(again == bytes);
    SimulatedClusters loaded;
    loaded.load(bytes);
    loaded.resume();
    return loaded;
  }
};

std::vector<AppendEvents> born(const NodeToBe& node) {
  return births_of_node(node.cluster, node.machines, node.number, node.origin);
}

bool completes(const std::vector<SimulationOrder>& owed) {
  return owed.size() == 1 && std::holds_alternative<OwedCommand>(owed[0]) &&
         std::get<To<SimulatedCluster>>(std::get<OwedCommand>(owed[0]).command).id == "titan";
}

template <class Order>
std::vector<Order> those(const std::vector<SimulationOrder>& owed) {
  std::vector<Order> found;
  for (const auto& order : owed)
    if (const auto* one = std::get_if<Order>(&order)) found.push_back(*one);
  return found;
}

/// A complete cluster with this script, played from the beginning at ten times the clock's pace.
struct ScriptFixture : ClustersFixture {
  explicit ScriptFixture(std::vector<ScriptedFault> script) {
    clusters.set_time_scale(10);
    clusters.resume();
    event("simulated_cluster/titan", three_machines);
    while (const auto node = clusters.take_missing()) appended(born(*node));
    event("simulated_cluster/titan", SimulatedClusterCompleted{});
    event("simulated_cluster/titan", SimulatedFaultsSet{{}, std::move(script)}, Time{});
  }
  std::vector<SimulationOrder> at(std::chrono::milliseconds when) {
    return clusters.at(Time(when));
  }
};

}  // namespace

TEST_CASE("a node and its GPUs are born as their rules say", "[sim]") {
  const auto births = births_of_node("titan", three_machines, 2, {"driver/simulated", 5, "r1"});
  REQUIRE(births.size() == 3);
  CHECK(births[0].stream == "node/titan-000002");
  REQUIRE(births[0].events.size() == 2);
  const auto& node = std::get<NodeRegistered>(births[0].events[0]);
  CHECK(node == NodeRegistered{"titan", "A40-48GB", 2, 16, 1'024});
  CHECK(std::holds_alternative<NodeBecameReady>(births[0].events[1]));
  CHECK(births[2].stream == "gpu/titan-000002:1");
  CHECK(std::get<GpuRegistered>(births[2].events.at(0)) ==
        GpuRegistered{"titan-000002", 1, "A40-48GB"});
  for (const auto& append : births) {
    CHECK(append.expected_version == 0);
    CHECK(append.origin.causation == 5);
  }
  auto without_gpus = three_machines;
  without_gpus.gpus_per_node = 0;
  const auto bare = births_of_node("titan", without_gpus, 1, {});
  REQUIRE(bare.size() == 1);
  CHECK(std::get<NodeRegistered>(bare[0].events[0]).gpu_model.empty());
}

TEST_CASE("each missing node is asked for once, and the cluster is complete with the last GPU",
          "[sim]") {
  ClustersFixture fixture;
  fixture.clusters.resume();
  CHECK_FALSE(fixture.clusters.take_missing());
  fixture.event("simulated_cluster/titan", three_machines);
  std::set<std::uint32_t> numbers;
  std::vector<AppendEvents> births;
  while (const auto node = fixture.clusters.take_missing()) {
    CHECK(node->cluster == "titan");
    CHECK(node->origin.causation == 1);
    CHECK(node->origin.correlation == "r1");
    numbers.insert(node->number);
    for (auto& append : born(*node)) births.push_back(std::move(append));
  }
  CHECK(numbers == std::set<std::uint32_t>{1, 2, 3});
  const auto last = births.back();
  births.pop_back();
  fixture.appended(births);
  CHECK(fixture.clusters.due().empty());
  fixture.appended({last});
  CHECK(completes(fixture.clusters.due()));
  CHECK(completes(fixture.clusters.resume()));
  fixture.event("simulated_cluster/titan", SimulatedClusterCompleted{});
  CHECK(fixture.clusters.due().empty());
  CHECK(fixture.clusters.resume().empty());
}

TEST_CASE("a server that died in the midst goes on with the nodes that are missing", "[sim]") {
  ClustersFixture fixture;
  fixture.clusters.resume();
  fixture.event("simulated_cluster/titan", three_machines);
  fixture.clusters.take_missing();
  fixture.appended(born(*fixture.clusters.take_missing()));  // The second.
  auto resumed = fixture.resumed();
  CHECK(resumed.take_missing()->number == 1);
  CHECK(resumed.take_missing()->number == 3);
  CHECK_FALSE(resumed.take_missing());
}

TEST_CASE("a cluster that grows gets the nodes that are new", "[sim]") {
  ClustersFixture fixture;
  fixture.clusters.resume();
  fixture.event("simulated_cluster/titan", three_machines);
  while (const auto node = fixture.clusters.take_missing()) fixture.appended(born(*node));
  fixture.event("simulated_cluster/titan", SimulatedClusterCompleted{});
  auto more = three_machines;
  more.node_count = 4;
  fixture.event("simulated_cluster/titan", more);
  CHECK(fixture.resumed().take_missing()->number == 4);
  const auto node = fixture.clusters.take_missing();
  REQUIRE(node);
  CHECK(node->number == 4);
  CHECK_FALSE(fixture.clusters.take_missing());
  fixture.appended(born(*node));
  CHECK(completes(fixture.clusters.due()));
}

TEST_CASE("a node that somebody registered with fewer GPUs counts as it is", "[sim]") {
  ClustersFixture fixture;
  fixture.clusters.resume();
  fixture.event("simulated_cluster/titan", three_machines);
  fixture.event("node/titan-000001", NodeRegistered{"titan", "A40-48GB", 1});
  fixture.event("gpu/titan-000001:0", GpuRegistered{"titan-000001", 0, "A40-48GB"});
  while (const auto node = fixture.clusters.take_missing()) fixture.appended(born(*node));
  CHECK(completes(fixture.clusters.due()));
}

TEST_CASE("scripted faults come at their time, divided by the time scale", "[sim]") {
  ScriptFixture fixture({{10'000, FaultKind::xid, "titan-000001", 1, 79, 0},
                         {20'000, FaultKind::slow_start, "titan-000002", 0, 0, 30'000}});
  CHECK(fixture.at(seconds(0)).empty());
  CHECK(fixture.at(std::chrono::milliseconds(999)).empty());
  const auto faults = those<FaultGpu>(fixture.at(seconds(1)));
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].node_id == "titan-000001");
  CHECK(faults[0].gpu_index == 1);
  CHECK(faults[0].reason == "XID 79: GPU has fallen off the bus");
  CHECK(faults[0].origin.causation == fixture.log.size());
  CHECK(faults[0].origin.correlation == "r1");
  const auto slow = those<SlowNextStart>(fixture.at(seconds(2)));
  REQUIRE(slow.size() == 1);
  CHECK(slow[0].extra == seconds(3));
  CHECK(fixture.at(seconds(100)).empty());
}

TEST_CASE("what is lost or cut off comes back after its span", "[sim]") {
  ScriptFixture fixture({{10'000, FaultKind::node_loss, "titan-000001", 0, 0, 50'000},
                         {10'000, FaultKind::partition, "titan-000002", 0, 0, 90'000}});
  const auto begun = fixture.at(seconds(1));
  CHECK(those<LoseNode>(begun).size() == 1);
  const auto cuts = those<CutOffNode>(begun);
  REQUIRE(cuts.size() == 1);
  CHECK(cuts[0].grace == seconds(6));
  CHECK(fixture.at(seconds(5)).empty());
  const auto restored = those<RestoreNode>(fixture.at(seconds(6)));
  REQUIRE(restored.size() == 1);
  CHECK(restored[0].node_id == "titan-000001");
  CHECK(those<ReconnectNode>(fixture.at(seconds(10))).size() == 1);
}

TEST_CASE("nothing breaks that isn't registered, or while nobody serves", "[sim]") {
  ClustersFixture fixture;
  fixture.clusters.resume();
  fixture.event("simulated_cluster/titan", three_machines);
  fixture.event("simulated_cluster/titan",
                SimulatedFaultsSet{{},
                                   {{1'000, FaultKind::xid, "titan-000001", 0, 79, 0},
                                    {9'000, FaultKind::xid, "titan-000001", 0, 48, 0}}});
  CHECK(fixture.clusters.at(Time(seconds(5))).empty());
  while (const auto node = fixture.clusters.take_missing()) fixture.appended(born(*node));
  auto resumed = fixture.resumed();
  CHECK(those<FaultGpu>(resumed.at(Time(seconds(6)))).empty());
  const auto faults = those<FaultGpu>(resumed.at(Time(seconds(9))));
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].reason == "XID 48: double bit ECC error");
}

TEST_CASE("slow starts are told to the driver when they are set, and after a restart", "[sim]") {
  ClustersFixture fixture;
  fixture.clusters.resume();
  fixture.event("simulated_cluster/titan", three_machines);
  SimulatedFaultsSet faults;
  faults.rates.slow_start_permille = 20;
  fixture.event("simulated_cluster/titan", faults);
  const auto told = those<SetSlowStarts>(fixture.clusters.due());
  REQUIRE(told.size() == 1);
  CHECK(told[0].cluster == "titan");
  CHECK(told[0].permille == 20);
  CHECK(those<SetSlowStarts>(fixture.clusters.resume()).size() == 1);
  fixture.event("simulated_cluster/titan", SimulatedFaultsSet{});
  CHECK(those<SetSlowStarts>(fixture.clusters.due()).at(0).permille == 0);
}
