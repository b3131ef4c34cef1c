#include "drivers/slurm/inventory/slurm_inventory.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace orrery;

namespace {

SlurmNode node_of(std::string name, std::uint32_t gpus_used = 0) {
  SlurmNode node;
  node.name = std::move(name);
  node.address = "10.0.0.1";
  node.gpu_type = "a100";
  node.gpu_count = 4;
  node.gpus_used = gpus_used;
  node.cpu_count = 64;
  node.memory_mib = 515'000;
  node.partitions = {"gpu", "long"};
  return node;
}

NodeRegistered registration() { return {"slurm", "a100", 4, 64, 515'000, NodeDriver::slurm}; }

/// An inventory whose commands are obeyed as aggregates do.
struct Site {
  SlurmInventory inventory;
  std::vector<OwedCommand> owed = {};

  explicit Site(KnownSlurm known = {}, const SlurmConfiguration& configuration = {})
      : inventory(configuration, std::move(known)) {}

  Site& look(std::vector<SlurmNode> nodes, const std::map<std::string, SlurmUse>& ours = {}) {
    owed = inventory.see({"site", "22.05.8", 1'700'000'000}, nodes, ours);
    return *this;
  }

  /// The commands of this kind, in order.
  template <class A, class Command>
  std::vector<Command> told() const {
    std::vector<Command> commands;
    for (const auto& each : owed)
      if (const auto* to = std::get_if<To<A>>(&each.command))
        if (const auto* command = std::get_if<Command>(&to->command)) commands.push_back(*command);
    return commands;
  }

  std::vector<std::string> requested() const {
    std::vector<std::string> ids;
    for (const auto& each : owed)
      if (const auto* lease = std::get_if<To<Lease>>(&each.command))
        if (std::holds_alternative<Lease::Request>(lease->command)) ids.push_back(lease->id);
    return ids;
  }
  std::vector<std::string> released() const {
    std::vector<std::string> ids;
    for (const auto& each : owed)
      if (const auto* lease = std::get_if<To<Lease>>(&each.command))
        if (std::holds_alternative<Lease::Release>(lease->command)) ids.push_back(lease->id);
    return ids;
  }

  void turn_down(const std::string& lease_id) {
    inventory.refused(
        Rejected<Lease>{lease_id, Lease::Request{}, Lease::Rejection::lease_has_ended});
  }
};

SlurmPartition partition_of(std::string name, std::uint32_t time_limit_min_max = 0) {
  SlurmPartition partition;
  partition.name = std::move(name);
  partition.state = "UP";
  partition.time_limit_min_max = time_limit_min_max;
  return partition;
}

SlurmOrder order_on(std::vector<std::string> nodes, std::uint32_t time_limit_min = 0) {
  SlurmOrder order;
  order.nodes = std::move(nodes);
  order.time_limit_min = time_limit_min;
  return order;
}

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

TEST_CASE("nodes that aren't in the partition of our jobs get no work") {
  SlurmConfiguration configuration;
  configuration.partition = "gpu";
  Site site({}, configuration);
  auto other = node_of("n1");
  other.partitions = {"cpu"};
  site.look({node_of("a1"), other});
  REQUIRE(site.told<Node, Node::Cordon>().size() == 1);
  CHECK(site.told<Node, Node::Cordon>()[0].reason == "Slurm: it isn't in the partition gpu");
  // Before it is ready: nothing is placed there in between.
  const auto* last = std::get_if<To<Node>>(&site.owed.back().command);
  REQUIRE(last != nullptr);
  CHECK(last->id == "slurm-n1");
  CHECK(std::holds_alternative<Node::ReportReady>(last->command));
  other.partitions = {"cpu", "gpu"};
  site.look({node_of("a1"), other});
  CHECK(site.told<Node, Node::Uncordon>().size() == 1);
}

TEST_CASE("nodes in no partition, or in closed ones alone, get no work until they are open") {
  Site site;
  auto outside = node_of("n1");
  outside.partitions.clear();
  auto open = partition_of("long");
  auto closed = partition_of("gpu");
  closed.state = "DRAIN";
  auto only_closed = node_of("b1");
  only_closed.partitions = {"gpu"};
  site.inventory.see_partitions({closed, open});
  site.look({node_of("a1"), only_closed, outside});
  REQUIRE(site.told<Node, Node::Cordon>().size() == 2);
  CHECK(site.told<Node, Node::Cordon>()[0].reason == "Slurm: its partition gpu is DRAIN");
  CHECK(site.told<Node, Node::Cordon>()[1].reason == "Slurm: it is in no partition");
  closed.state = "UP";
  site.inventory.see_partitions({closed, open});
  site.look({node_of("a1"), only_closed, outside});
  CHECK(site.told<Node, Node::Uncordon>().size() == 1);
}

TEST_CASE("a job goes to a partition that has all of its nodes, an open one first") {
  Site site;
  auto closed = partition_of("gpu");
  closed.state = "INACTIVE";
  auto other = node_of("b1");
  other.partitions = {"cpu", "long"};
  auto lone = node_of("c1");
  lone.partitions = {"cpu"};
  site.look({node_of("a1"), other, lone});
  auto order = order_on({"a1"});
  CHECK_FALSE(site.inventory.fit(order));
  CHECK(order.partition == "gpu");
  site.inventory.see_partitions({closed, partition_of("long"), partition_of("cpu")});
  CHECK_FALSE(site.inventory.fit(order));
  CHECK(order.partition == "long");
  order = order_on({"a1", "b1"});
  CHECK_FALSE(site.inventory.fit(order));
  CHECK(order.partition == "long");
  order = order_on({"a1", "c1"});
  REQUIRE(site.inventory.fit(order));
  CHECK(site.inventory.fit(order)->message == "No partition of Slurm has a1, c1.");
}

TEST_CASE("a job asks for no more time than its partition allows") {
  SlurmConfiguration configuration;
  configuration.partition = "long";
  Site site({}, configuration);
  site.inventory.see_partitions({partition_of("gpu", 60), partition_of("long", 10'080)});
  site.look({node_of("a1")});
  for (const auto& [asked, given] : {std::pair{10'082u, 10'080u}, {10'080u, 10'080u}, {5u, 5u}}) {
    auto order = order_on({"a1"}, asked);
    CHECK_FALSE(site.inventory.fit(order));
    CHECK(order.partition == "long");
    CHECK(order.time_limit_min == given);
  }
  auto endless = order_on({"a1"});
  CHECK_FALSE(site.inventory.fit(endless));
  CHECK(endless.time_limit_min == 0);
}
