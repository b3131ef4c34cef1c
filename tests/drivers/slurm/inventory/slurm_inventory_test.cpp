#include "drivers/slurm/inventory/slurm_inventory.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

#include "tests/drivers/slurm/inventory/inventory_site.hpp"

using namespace orrery;

namespace {

NodeRegistered registration() { return {"slurm", "a100", 4, 64, 515'000, NodeDriver::slurm}; }

KnownSlurm known_with(SlurmForeignUseSeen use) {
  KnownSlurm known;
  known.is_cluster_declared = true;
  known.slurm.nodes["a1"] = {"a1", "slurm-a1", "10.0.0.1", "a100", 4, 64, 515'000, {}, {"gpu"}};
  known.slurm.foreign_uses["slurm-a1"] = std::move(use);
  known.registered.emplace("slurm-a1", registration());
  return known;
}

}  // namespace

TEST_CASE("a node of Slurm is registered, once, and ready") {
  Site site;
  site.look({node_of("a1")});
  CHECK(site.told<Cluster, Cluster::Declare>().size() == 1);
  REQUIRE(site.told<Node, Node::Register>().size() == 1);
  CHECK(site.told<Node, Node::Register>()[0].description == registration());
  CHECK(site.told<Node, Node::ReportReady>().size() == 1);
  REQUIRE(site.told<SlurmCluster, SlurmCluster::SeeNode>().size() == 1);
  CHECK(site.told<SlurmCluster, SlurmCluster::SeeNode>()[0].node.node_id == "slurm-a1");
  CHECK(site.told<SlurmCluster, SlurmCluster::SeeController>().size() == 1);
  CHECK(site.inventory.is_up("slurm-a1"));
  CHECK(site.inventory.place_of("slurm-a1").name == "a1");
  CHECK(site.inventory.place_of("slurm-b1").name.empty());
  CHECK_FALSE(site.inventory.is_up("slurm-b1"));

  site.look({node_of("a1")});
  site.look({node_of("a1")});
  CHECK(site.owed.empty());
}

TEST_CASE("features that changed are told, and nothing else") {
  Site site;
  auto node = node_of("a1");
  site.look({node}).look({node});
  node.features = {"nvlink"};
  site.look({node});
  CHECK(site.owed.size() == 1);
  CHECK(site.told<SlurmCluster, SlurmCluster::SeeNode>().size() == 1);
}

TEST_CASE("a node that is down is lost, and comes back") {
  Site site;
  auto node = node_of("a1");
  site.look({node});
  node.is_down = true;
  node.reason = "Not responding";
  site.look({node});
  REQUIRE(site.told<Node, Node::ReportLost>().size() == 1);
  CHECK(site.told<Node, Node::ReportLost>()[0].reason == "Slurm: down: Not responding");
  CHECK_FALSE(site.inventory.is_up("slurm-a1"));
  site.look({node});
  CHECK(site.owed.empty());
  site.look({node_of("a1")});
  CHECK(site.told<Node, Node::ReportReady>().size() == 1);
}

TEST_CASE("a drained node is cordoned by Slurm before it is ready, and by it alone freed") {
  Site site;
  auto node = node_of("a1");
  node.is_drained = true;
  node.reason = "new cables";
  site.look({node});
  REQUIRE(site.told<Node, Node::Cordon>().size() == 1);
  CHECK(site.told<Node, Node::Cordon>()[0].reason == "Slurm: drained: new cables");
  CHECK(site.told<Node, Node::Cordon>()[0].owner == "slurm");
  const auto is = [&](std::size_t index, auto what) {
    const auto* to = std::get_if<To<Node>>(&site.owed[index].command);
    return to != nullptr && std::holds_alternative<decltype(what)>(to->command);
  };
  std::size_t cordoned = 0;
  while (!is(cordoned, Node::Cordon{})) ++cordoned;
  CHECK(is(cordoned + 1, Node::ReportReady{}));
  site.look({node_of("a1")});
  REQUIRE(site.told<Node, Node::Uncordon>().size() == 1);
  CHECK(site.told<Node, Node::Uncordon>()[0].owner == "slurm");
  CHECK_FALSE(site.told<Node, Node::Uncordon>()[0].all);
}

TEST_CASE("a node that Slurm has no more is lost; no answer is no answer") {
  Site site;
  site.look({node_of("a1"), node_of("a2")});
  site.look({});
  CHECK(site.owed.empty());
  site.look({node_of("a1")});
  REQUIRE(site.told<SlurmCluster, SlurmCluster::RemoveNode>().size() == 1);
  CHECK(site.told<SlurmCluster, SlurmCluster::RemoveNode>()[0].name == "a2");
  CHECK(site.told<Node, Node::ReportLost>().size() == 1);
  CHECK_FALSE(site.inventory.is_up("slurm-a2"));
  site.look({node_of("a1"), node_of("a2")});
  CHECK(site.told<Node, Node::Register>().size() == 1);
  CHECK(site.told<Node, Node::ReportReady>().size() == 1);
}

TEST_CASE("what others use is leased to them once it was seen twice") {
  Site site;
  site.look({node_of("a1", 3)}, {{"a1", {1, 0, 0}}});
  CHECK(site.requested().empty());
  site.look({node_of("a1", 3)}, {{"a1", {1, 0, 0}}});
  CHECK(site.requested() == std::vector<std::string>{"slurm-foreign-slurm-a1-1"});
  const auto request = site.told<Lease, Lease::Request>()[0].request;
  CHECK(request.holder == "slurm_cluster/slurm");
  CHECK(request.node_id == "slurm-a1");
  CHECK(request.gpu_count == 2);
  // One of them ended, and work of ours began: first nothing is sure.
  site.look({node_of("a1", 3)}, {{"a1", {2, 0, 0}}});
  CHECK(site.told<SlurmCluster, SlurmCluster::SeeForeignUse>().empty());
  site.look({node_of("a1", 3)}, {{"a1", {2, 0, 0}}});
  REQUIRE(site.told<SlurmCluster, SlurmCluster::SeeForeignUse>().size() == 1);
  CHECK(site.told<SlurmCluster, SlurmCluster::SeeForeignUse>()[0].use.generation == 2);
  CHECK(site.told<SlurmCluster, SlurmCluster::SeeForeignUse>()[0].use.gpu_count == 1);
  CHECK(site.released() == std::vector<std::string>{"slurm-foreign-slurm-a1-1"});
  CHECK(site.requested() == std::vector<std::string>{"slurm-foreign-slurm-a1-2"});
  site.look({node_of("a1", 2)}, {{"a1", {2, 0, 0}}}).look({node_of("a1", 2)}, {{"a1", {2, 0, 0}}});
  CHECK(site.released() == std::vector<std::string>{"slurm-foreign-slurm-a1-2"});
  CHECK(site.requested().empty());
}

TEST_CASE("a lease that placement refused is asked for again, ever more seldom") {
  Site site;
  site.look({node_of("a1", 4)}).look({node_of("a1", 4)});
  auto last = site.requested().back();
  std::size_t tries = 0;
  for (int look = 0; look < 200; ++look) {
    site.turn_down(last);
    site.look({node_of("a1", 4)});
    if (site.requested().empty() || site.requested().back() == last) continue;
    CHECK(site.released() == std::vector<std::string>{last});
    last = site.requested().back();
    ++tries;
  }
  CHECK(tries >= 5);
  CHECK(tries <= 10);
}

TEST_CASE("a lease that is there is asked about seldom, and stays the same") {
  Site site;
  site.look({node_of("a1", 4)}).look({node_of("a1", 4)});
  std::size_t asked = 0;
  for (int look = 0; look < 256; ++look) {
    site.look({node_of("a1", 4)});
    CHECK(site.told<SlurmCluster, SlurmCluster::SeeForeignUse>().empty());
    asked += site.requested().size();
  }
  CHECK(asked >= 5);
  CHECK(asked <= 16);
}

TEST_CASE("after a restart what may not have been told of others' use is told again") {
  Site site(known_with({"slurm-a1", 3, 2, 0, 0}));
  site.look({node_of("a1", 2)});
  CHECK(site.told<Cluster, Cluster::Declare>().empty());
  CHECK(site.told<SlurmCluster, SlurmCluster::SeeForeignUse>().empty());
  CHECK(site.released() == std::vector<std::string>{"slurm-foreign-slurm-a1-2"});
  CHECK(site.requested() == std::vector<std::string>{"slurm-foreign-slurm-a1-3"});
  Site idle(known_with({"slurm-a1", 4, 0, 0, 0}));
  idle.look({node_of("a1")});
  CHECK(idle.released() == std::vector<std::string>{"slurm-foreign-slurm-a1-3"});
  CHECK(idle.requested().empty());
}

TEST_CASE("a lost node has no foreign use") {
  Site site;
  site.look({node_of("a1", 4)}).look({node_of("a1", 4)});
  auto node = node_of("a1", 4);
  node.is_down = true;
  site.look({node});
  REQUIRE(site.told<SlurmCluster, SlurmCluster::SeeForeignUse>().size() == 1);
  CHECK(site.told<SlurmCluster, SlurmCluster::SeeForeignUse>()[0].use.gpu_count == 0);
  CHECK(site.released().size() == 1);
}

TEST_CASE("a node that became smaller isn't overbooked, and that is said once") {
  Site site(known_with({"slurm-a1"}));
  auto node = node_of("a1");
  node.gpu_count = 1;
  site.look({node}).look({node});
  REQUIRE(site.told<Lease, Lease::Request>().size() == 1);
  CHECK(site.told<Lease, Lease::Request>()[0].request.gpu_count == 3);
  CHECK(site.told<Lease, Lease::Request>()[0].request.cpu_count == 0);
  CHECK(site.inventory.take_warnings().size() == 1);
  site.look({node});
  CHECK(site.inventory.take_warnings().empty());
}

TEST_CASE("of a node that became larger, others are thought to use the new first") {
  const auto use = used_by_others(registration(), {8, 64, 515'000}, {5, 0, 0}, {1, 0, 0});
  CHECK(use.gpu_count == 0);
  CHECK(used_by_others(registration(), {8, 64, 515'000}, {7, 0, 0}, {1, 0, 0}).gpu_count == 2);
  // More of ours than it has: nothing more is denied.
  CHECK(used_by_others(registration(), {4, 64, 515'000}, {4, 0, 0}, {6, 0, 0}).gpu_count == 0);
}

TEST_CASE("a node with other GPUs, or one that is somebody else's, gets no work") {
  Site site(known_with({"slurm-a1"}));
  auto node = node_of("a1");
  node.gpu_type = "h100";
  site.look({node});
  CHECK(site.told<Node, Node::Cordon>().size() == 1);
  CHECK(site.told<Node, Node::Register>()[0].description == registration());

  Site taken;
  taken.look({node_of("a1")});
  taken.inventory.refused(Rejected<Node>{"slurm-a1", Node::Register{},
                                         Node::Rejection::node_is_registered_differently});
  taken.look({node_of("a1")});
  CHECK(taken.told<Node, Node::Cordon>().size() == 1);
  CHECK(taken.inventory.take_warnings().size() == 1);
}

TEST_CASE("more GPUs than a node may have are cut, and types have names of ours") {
  SlurmConfiguration configuration;
  configuration.gpu_models = {{"a100", "A100-80GB"}};
  SlurmInventory inventory(configuration, {});
  auto large = node_of("big");
  large.gpu_count = 20;
  auto untyped = node_of("plain");
  untyped.gpu_type.clear();
  auto bare = node_of("cpu");
  bare.gpu_count = 0;
  bare.gpu_type.clear();
  std::map<std::string, NodeRegistered> registered;
  for (const auto& each : inventory.see({}, {large, untyped, bare}, {}))
    if (const auto* to = std::get_if<To<Node>>(&each.command))
      if (const auto* join = std::get_if<Node::Register>(&to->command))
        registered[to->id] = join->description;
  CHECK(registered["slurm-big"].gpu_count == Node::gpu_count_max);
  CHECK(registered["slurm-big"].gpu_model == "A100-80GB");
  CHECK(registered["slurm-plain"].gpu_model == "gpu");
  CHECK(registered["slurm-cpu"].gpu_model.empty());
  CHECK(inventory.take_warnings().size() == 1);
  CHECK(inventory.place_of("slurm-big").gpu_type == "a100");
}
