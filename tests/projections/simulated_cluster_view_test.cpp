#include "projections/simulated_clusters/simulated_cluster_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

struct ClusterHistory : Told<SimulatedClusterView> {
  ClusterHistory() { tell("simulated_cluster/titan", SimulatedClusterRequested{"A40", 2, 2}); }

  void machine(const std::string& id) {
    tell("node/" + id, NodeRegistered{"titan", "A40", 2}).tell("node/" + id, NodeBecameReady{});
    for (std::uint32_t i = 0; i < 2; ++i)
      tell("gpu/" + id + ":" + std::to_string(i), GpuRegistered{id, i, "A40"});
  }
  SimulatedClusterDetails titan() const { return view.find("titan").value(); }
};

}  // namespace

TEST_CASE("a simulated cluster shows how far it is") {
  ClusterHistory told;
  CHECK(told.titan().node_count == 0);
  CHECK_FALSE(told.titan().is_complete);
  told.machine("titan-000001");
  told.machine("other-000001");
  told.machine("titan-000003");  // More than were asked for.
  CHECK(told.titan().node_count == 1);
  CHECK(told.titan().ready_count == 1);
  CHECK(told.titan().gpu_count == 2);
  told.machine("titan-000002");
  told.tell("simulated_cluster/titan", SimulatedClusterCompleted{});
  CHECK(told.titan().is_complete);
  CHECK(told.titan().since == History::time_at(told.events().size()));
  CHECK(told.titan().requested_at == History::time_at(1));
  told.tell("simulated_cluster/titan", SimulatedClusterRequested{"A40", 5, 2});
  CHECK_FALSE(told.titan().is_complete);
  CHECK(told.titan().requested_at == History::time_at(1));
  CHECK(told.view.list().size() == 1);
  CHECK_FALSE(told.view.find("other"));
}

TEST_CASE("a simulated cluster shows what is broken in it") {
  ClusterHistory told;
  told.machine("titan-000001");
  told.tell("gpu/titan-000001:0", GpuFaulted{"XID 79"});
  CHECK(told.titan().quarantined_count == 1);
  told.tell("gpu/titan-000001:0", GpuRepairStarted{});
  CHECK(told.titan().quarantined_count == 0);
  CHECK(told.titan().in_repair_count == 1);
  told.tell("gpu/titan-000001:0", GpuVerificationStarted{});
  CHECK(told.titan().in_verification_count == 1);
  told.tell("gpu/titan-000001:0", GpuVerificationFailed{"XID 79"});
  CHECK(told.titan().quarantined_count == 1);
  told.tell("gpu/titan-000001:0", GpuRepaired{});
  CHECK(told.titan().quarantined_count == 0);
  CHECK(told.titan().gpu_fault_count == 1);

  told.tell("node/titan-000001", NodeCordoned{"a fan"});
  told.tell("node/titan-000001", NodeCordoned{"GPUs", "gpu-repair"});
  CHECK(told.titan().cordoned_count == 1);
  told.tell("node/titan-000001", NodeCordonLifted{"gpu-repair"});
  CHECK(told.titan().cordoned_count == 1);
  told.tell("node/titan-000001", NodeUncordoned{});
  CHECK(told.titan().cordoned_count == 0);
  told.tell("node/titan-000001", NodeLost{"power"});
  CHECK(told.titan().ready_count == 0);
  CHECK(told.titan().node_loss_count == 1);
}

TEST_CASE("simulated clusters are what they were after a snapshot") {
  ClusterHistory told;
  told.machine("titan-000001");
  told.tell("simulated_cluster/titan", SimulatedFaultsSet{{8, 4, 17, 16, 0}, {}});
  told.tell("gpu/titan-000001:0", GpuFaulted{"XID 79"});
  told.tell("node/titan-000001", NodeCordoned{"a fan"});
  SimulatedClusterView loaded;
  loaded.load(saved(told.view));
  CHECK(saved(loaded) == saved(told.view));
  CHECK(loaded.find("titan")->faults.rates.xid_per_million_gpu_hours == 8);
  for (auto* view : {&loaded, &told.view}) {
    view->apply({99, "gpu/titan-000001:0", 3, Time{}, {}, GpuRepaired{}});
    view->apply({100, "node/titan-000001", 4, Time{}, {}, NodeUncordoned{}});
    CHECK(view->find("titan")->quarantined_count == 0);
    CHECK(view->find("titan")->cordoned_count == 0);
  }
}
