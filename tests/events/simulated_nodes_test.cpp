#include "events/folds/simulated_nodes.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

TEST_CASE("the id of a simulated node says its cluster and its number") {
  CHECK(simulated_node_id("titan", 42) == "titan-000042");
  CHECK(simulated_node_id("a-b", 1'000'000) == "a-b-1000000");
  for (const std::uint32_t number : {1u, 999'999u, 1'000'000u}) {
    const auto id = simulated_node_id("a-b", number);
    CHECK(number_of_simulated_node(id) == number);
    CHECK(cluster_of_simulated_node(id) == "a-b");
  }
}

TEST_CASE("other ids are none of a simulated node") {
  for (const char* id : {"", "-", "titan", "titan-", "titan-7", "titan-00042", "titan-000000",
                         "titan-0000042", "-000042", "titan-00004x", "titan-99999999999"}) {
    CAPTURE(id);
    CHECK_FALSE(number_of_simulated_node(id));
    CHECK(cluster_of_simulated_node(id).empty());
  }
}
