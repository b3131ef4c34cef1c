#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "cli/demo_fleet.hpp"

using namespace orrery;

namespace {

const NodeRegistered& description_of(const To<Node>& node) {
  return std::get<Node::Register>(node.command).description;
}

}  // namespace

TEST_CASE(
    "the default fleet has nodes of every model at every location, ten GPUs in those of L40S") {
  const auto fleet = demo_fleet(24);
  std::map<std::pair<std::string, std::string>, int> nodes;
  for (const auto& node : fleet.nodes) {
    const auto& description = description_of(node);
    ++nodes[{description.cluster, description.gpu_model}];
    CHECK(description.gpu_count == (description.gpu_model == "L40S-48GB" ? 10 : 8));
  }
  CHECK(nodes.size() == 12);
  for (const auto& [kind, count] : nodes) CHECK(count == 2);
}

TEST_CASE("a node is the same in a fleet of any size") {
  const auto small = demo_fleet(5);
  const auto large = demo_fleet(500);
  for (std::size_t index = 0; index < small.nodes.size(); ++index) {
    CHECK(small.nodes[index].id == large.nodes[index].id);
    CHECK(description_of(small.nodes[index]) == description_of(large.nodes[index]));
  }
}

TEST_CASE("the largest fleet shares no id") {
  const auto fleet = demo_fleet(200'000);
  std::set<std::string> ids;
  for (const auto& node : fleet.nodes) ids.insert(node.id);
  CHECK(ids.size() == fleet.nodes.size());
}

TEST_CASE("containers have a cluster of their own, without a location, with nodes of every model") {
  const auto fleet = demo_fleet(1);
  const auto cluster = std::find_if(fleet.clusters.begin(), fleet.clusters.end(),
                                    [](const auto& each) { return each.id == "host-cluster"; });
  REQUIRE(cluster != fleet.clusters.end());
  CHECK(std::get<Cluster::Declare>(cluster->command).policy.location.empty());
  std::map<std::string, int> nodes;
  std::set<std::string> ids;
  for (const auto& node : fleet.container_nodes) {
    CHECK(description_of(node).cluster == "host-cluster");
    CHECK(description_of(node).gpu_count == 8);
    ++nodes[description_of(node).gpu_model];
    ids.insert(node.id);
  }
  CHECK(nodes.size() == 4);
  CHECK(nodes["4090"] == 3);
  CHECK(ids.contains("gpu-4090-03"));
  CHECK(ids.contains("gpu-h100-01"));
}

TEST_CASE("services have a cluster of their own, which queues, with and without GPUs") {
  const auto fleet = demo_fleet(1);
  const auto cluster = std::find_if(fleet.clusters.begin(), fleet.clusters.end(),
                                    [](const auto& each) { return each.id == "ai-factory"; });
  REQUIRE(cluster != fleet.clusters.end());
  const auto& policy = std::get<Cluster::Declare>(cluster->command).policy;
  CHECK(policy.location.empty());
  CHECK(policy.when_full == WhenFull::queue);
  std::map<std::string, NodeRegistered> nodes;
  for (const auto& node : fleet.service_nodes) nodes[node.id] = description_of(node);
  CHECK(nodes.size() == 6);
  CHECK(nodes["mel2004"] == NodeRegistered{"ai-factory", "A100-40GB", 4, 64, 524'288});
  CHECK(nodes["mel0002"] == NodeRegistered{"ai-factory", "", 0, 128, 524'288});
}

TEST_CASE("the document's image can be had at the locations that the document names") {
  const auto fleet = demo_fleet(1);
  const auto image = std::find_if(fleet.images.begin(), fleet.images.end(), [](const auto& entry) {
    return std::get<Image::Publish>(entry.command).description.name ==
           "ubuntu22.04-nvidia-pcie-docker";
  });
  REQUIRE(image != fleet.images.end());
  const auto& locations = std::get<Image::Publish>(image->command).description.locations;
  for (const auto* location : {"us-east1-a", "us-northcentral1-a", "us-southcentral1-a"})
    CHECK(std::count(locations.begin(), locations.end(), location) == 1);
}

TEST_CASE("every location has addresses of its own, and everything has the document's price") {
  const auto fleet = demo_fleet(1);
  std::set<std::string> networks;
  for (const auto& pool : fleet.address_pools)
    networks.insert(std::get<AddressPool::Declare>(pool.command).declaration.cidr);
  CHECK(networks.size() == 3);
  std::map<std::string, std::int64_t> prices;
  for (const auto& price : fleet.prices)
    prices[price.id] = std::get<Price::Change>(price.command).price.micro_usd_per_hour;
  CHECK(prices.at("gpu_hours.a40") == 1'100'000);
  CHECK(prices.at("gpu_hours.l40s-48gb") == 1'250'000);
  CHECK(prices.at("gpu_hours.a100") == 1'600'000);
  CHECK(prices.at("gpu_hours.a100-80gb") == 1'810'000);
  CHECK(prices.at("disk_gb_hours.persistent-ssd") == 130);
}
