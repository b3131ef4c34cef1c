#include <map>

#include <fmt/format.h>
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "tests/http/aifactory/model_fixture.hpp"

using namespace orrery;
namespace json = boost::json;

namespace {

const UpstreamTarget nowhere{"127.0.0.1", 1, "", UpstreamReach::this_host};

/// A group of four replicas that run: services 1 to 4.
struct Group : ModelFixture {
  Group() {
    server.add_node("mel2001", 2);
    server.add_node("mel2002", 2);
    id = server.create(
        "inference/vllm",
        R"({"resources":{"nodes":2,"gpu":2,"gpu_per_replica":1,"cpu":4,"memory":"16G"}})");
    for (const auto* replica : {"1", "2", "3", "4"}) server.run(replica, 8001);
  }

  std::string routed_to() {
    const auto answer = prompt(id);
    CHECK(answer.at("success") == true);
    CHECK(answer.at("group_id").as_string() == id);
    CHECK(answer.at("routed_to") == answer.at("service_id"));
    return answer.at("routed_to").as_string().c_str();
  }

  std::map<std::string, int> routed(int count) {
    std::map<std::string, int> counts;
    for (int i = 0; i < count; ++i) ++counts[routed_to()];
    return counts;
  }

  std::string id;
};

}  // namespace

TEST_CASE("prompts to a group go round its replicas") {
  Group group;
  std::vector<std::string> order;
  for (int i = 0; i < 8; ++i) order.push_back(group.routed_to());
  CHECK(order == std::vector<std::string>{"1", "2", "3", "4", "1", "2", "3", "4"});
}

TEST_CASE("a replica that can't be reached is passed over") {
  Group group;
  group.targets.choose("2", nowhere);
  const auto counts = group.routed(12);
  CHECK(counts.size() == 3);
  CHECK(counts.count("2") == 0);
}

TEST_CASE("a replica that isn't ready behind its server is passed over") {
  Group group;
  ScriptedUpstream upstream([](ScriptedConnection& connection) {
    while (!connection.request().empty())
      connection.send(plain_answer("{}", "503 Service Unavailable"));
  });
  group.targets.choose("1", upstream.target());
  CHECK(group.routed(8).count("1") == 0);
  const auto models = fmt::format("/api/v1/vllm/{}/v1/models", group.id);
  for (int i = 0; i < 8; ++i) CHECK(group.server.ask("GET", models).status == 200);
}

TEST_CASE("a replica that has ended gets nothing") {
  Group group;
  group.server.exit_by("3", 9);
  const auto counts = group.routed(9);
  CHECK(counts == std::map<std::string, int>{{"1", 3}, {"2", 3}, {"4", 3}});
}

TEST_CASE("a group whose replicas all fail says how each of them is") {
  Group group;
  for (const auto* replica : {"1", "2", "3"}) group.targets.choose(replica, nowhere);
  group.server.exit_by("4", 9);
  const auto answer = group.prompt(group.id);
  CHECK(answer.at("success") == false);
  CHECK(answer.at("error") == "All replicas failed");
  CHECK(answer.at("num_replicas") == 4);
  CHECK(answer.at("attempted_replicas") == 3);
  const auto& statuses = answer.at("replica_statuses");
  REQUIRE(statuses.as_array().size() == 4);
  CHECK(statuses.at(0).at("error") == "The model server takes no connections");
  CHECK(statuses.at(3).at("status") == "failed");
  group.server.get(fmt::format("/api/v1/vllm/{}/v1/models", group.id), 502);
}

TEST_CASE("a group that waits is not ready") {
  ModelFixture fixture;
  fixture.server.add_node("mel2001", 2);
  fixture.running();
  const auto id =
      fixture.server.create("inference/vllm", R"({"resources":{"gpu":2,"gpu_per_replica":1}})");
  const auto answer = fixture.prompt(id);
  CHECK(answer.at("error") == "Service is not ready yet (status: pending)");
  CHECK(fixture.server.get(fmt::format("/api/v1/vllm/{}/models", id)).at("models") ==
        json::array{});
}

TEST_CASE("OpenAI's API of a group goes round and passes over too") {
  Group group;
  std::atomic<int> asked{0};
  const auto counting = [&](ScriptedConnection& connection) {
    while (!connection.request().empty()) {
      ++asked;
      connection.send(plain_answer(R"({"data":[]})"));
    }
  };
  ScriptedUpstream first(counting);
  group.targets.choose("1", first.target());
  group.targets.choose("2", nowhere);
  for (int i = 0; i < 8; ++i) group.server.get(fmt::format("/api/v1/vllm/{}/v1/models", group.id));
  CHECK(asked == 2);
}
