#include <catch2/catch.hpp>

#include "tests/drivers/slurm/inventory/inventory_site.hpp"

using namespace orrery;

namespace {

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

}  // namespace

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

TEST_CASE("a job whose node is in no partition of ours just now is left without one") {
  SlurmConfiguration configuration;
  configuration.partition = "cpu";
  Site wanting({}, configuration);
  Site site;
  auto outside = node_of("a1");
  outside.partitions.clear();
  wanting.look({node_of("a1")});
  site.look({outside});
  for (const auto* inventory : {&wanting.inventory, &site.inventory}) {
    auto order = order_on({"a1"});
    CHECK_FALSE(inventory->fit(order));
    CHECK(order.partition.empty());
  }
  site.look({node_of("a1")});
  auto order = order_on({"a1"});
  CHECK_FALSE(site.inventory.fit(order));
  CHECK(order.partition == "gpu");
}
