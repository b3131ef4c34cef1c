#include "actors/slurm_cluster/slurm_cluster.hpp"

#include <catch2/catch.hpp>

#include "tests/support/given.hpp"

using namespace orrery;

namespace {

const SlurmControllerSeen controller{"22.05.8", 1'700'000'000};
const SlurmNodeSeen node{"a1", "slurm-a1", "127.0.0.1", "a100", 4, 64, 515'000, {"a100"}, {"gpu"}};

}  // namespace

TEST_CASE("what is seen of a Slurm is noted where it is new") {
  const auto known = given<SlurmCluster>({controller, node});
  CHECK(given<SlurmCluster>({}).when(SlurmCluster::SeeNode{node}).value() ==
        decided<SlurmCluster>({node}));
  CHECK(known.when(SlurmCluster::SeeNode{node}).value().empty());
  CHECK(known.when(SlurmCluster::SeeController{controller}).value().empty());
  auto grown = node;
  grown.gpu_count = 8;
  CHECK(known.when(SlurmCluster::SeeNode{grown}).value() == decided<SlurmCluster>({grown}));
  CHECK(known.when(SlurmCluster::RemoveNode{"b1"}).value().empty());
  CHECK(known.then({SlurmNodeRemoved{"a1"}}).state == given<SlurmCluster>({controller}).state);
  CHECK(known.when(SlurmCluster::SeeForeignUse{{"slurm-a1", 2, 1, 0, 0}}).error() ==
        SlurmCluster::Rejection::generation_is_out_of_order);
  CHECK(known.when(SlurmCluster::SeeNode{}).error() == SlurmCluster::Rejection::node_has_no_name);
}
