#include "http/gpushare/node_loads.hpp"

#include <map>

#include <catch2/catch.hpp>

using namespace orrery;
using gpushare::NodeLoads;

namespace {

SharingView::Node node(std::string id, std::uint32_t concurrency = 0) {
  auto details = std::make_shared<SharedNodeDetails>();
  details->id = std::move(id);
  details->offer.concurrency = concurrency;
  return details;
}

const NodeLoads::TimePoint now{std::chrono::hours(1)};

}  // namespace

TEST_CASE("questions go to the least busy node, and in turn to equal ones") {
  NodeLoads loads;
  const std::vector<SharingView::Node> nodes{node("1"), node("2"), node("3")};
  CHECK(loads.take(nodes, now)->id == "1");
  CHECK(loads.take(nodes, now)->id == "2");
  CHECK(loads.take(nodes, now)->id == "3");
  loads.give_back("2");
  CHECK(loads.take(nodes, now)->id == "2");
  for (const auto* id : {"1", "2", "3"}) loads.give_back(id);
  CHECK(loads.take(nodes, now)->id == "1");
  CHECK(loads.take(nodes, now)->id == "3");
  CHECK(loads.running_at("1") == 1);
  CHECK(loads.running_at("2") == 0);
  CHECK(loads.running_at("unknown") == 0);
}

TEST_CASE("a node that answers more at once is given more") {
  NodeLoads loads;
  const std::vector<SharingView::Node> nodes{node("large", 8), node("small", 2)};
  std::map<std::string, int> counts;
  for (int i = 0; i < 50; ++i) ++counts[loads.take(nodes, now)->id];
  CHECK(counts["large"] == 40);
  CHECK(counts["small"] == 10);
}

TEST_CASE("a node that has failed is asked only where there is no other") {
  NodeLoads loads;
  const auto good = node("good"), bad = node("bad");
  REQUIRE(loads.take({bad}, now));
  loads.give_back("bad");
  loads.suspect("bad", now + std::chrono::seconds(5));
  for (int i = 0; i < 10; ++i) CHECK(loads.take({bad, good}, now)->id == "good");
  CHECK(loads.take({bad}, now)->id == "bad");
  loads.give_back("bad");
  CHECK(loads.take({bad, good}, now + std::chrono::seconds(5))->id == "bad");
}

TEST_CASE("nobody is taken from nobody, and what is forgotten had nothing to do") {
  NodeLoads loads;
  CHECK_FALSE(loads.take({}, now));
  REQUIRE(loads.take({node("busy")}, now));
  REQUIRE(loads.take({node("idle")}, now));
  loads.give_back("idle");
  loads.give_back("idle");
  CHECK(loads.running_at("idle") == 0);
  loads.forget_idle(now + std::chrono::hours(1));
  CHECK(loads.running_at("busy") == 1);
  CHECK(loads.take({node("busy"), node("idle")}, now)->id == "idle");
}
