#include <fmt/format.h>
#include <boost/json.hpp>
#include <catch2/catch.hpp>

#include "http/aifactory/group_json.hpp"
#include "tests/http/aifactory/aifactory_server.hpp"

using namespace orrery;
namespace json = boost::json;

namespace {

constexpr std::string_view groups = "/api/v1/service-groups";

/// Two nodes with two replicas each.
constexpr std::string_view four_replicas =
    R"({"resources":{"nodes":2,"gpu":2,"gpu_per_replica":1,"cpu":4,"memory":"16G"}})";

std::string group_path(const std::string& id, std::string_view rest = {}) {
  return fmt::format("{}/{}{}", groups, id, rest);
}

void add_two_nodes(AifactoryServer& server) {
  server.add_node("mel2001", 2);
  server.add_node("mel2002", 2);
}

}  // namespace

TEST_CASE("a request for several replicas makes a group of services") {
  AifactoryServer server;
  add_two_nodes(server);
  const auto created =
      server.post("/api/v1/services",
                  fmt::format(R"({{"recipe_name":"inference/vllm","config":{}}})", four_replicas));
  const std::string id = created.at("id").as_string().c_str();
  CHECK(id == "sg-1");
  CHECK(created.at("name") == "vllm-sg-1");
  CHECK(created.at("type") == "replica_group");
  CHECK(created.at("status") == "pending");
  CHECK(created.at("total_replicas") == 4);
  CHECK(created.at("node_jobs").as_array().size() == 2);
  CHECK(created.at("node_jobs").at(1).at("replicas").at(0).at("replica_index") == 2);

  const auto members = server.get("/api/v1/services");
  REQUIRE(members.as_array().size() == 4);
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(members.at(i).at("id").as_string() == std::to_string(i + 1));
    CHECK(members.at(i).at("name").as_string() == fmt::format("vllm-{}", i + 1));
    CHECK(members.at(i).at("group_id").as_string() == id);
    CHECK(members.at(i).at("replica_index") == i);
  }
  CHECK(server.get("/api/v1/services/" + id).at("id").as_string() == id);
}

TEST_CASE("a group fares as its replicas do") {
  AifactoryServer server;
  add_two_nodes(server);
  const auto id = server.create("inference/vllm", four_replicas);
  const auto status = [&] { return server.get(group_path(id, "/status")); };
  for (const auto* const replica : {"1", "2", "3", "4"}) server.await_status(replica, "starting");
  CHECK(status().at("overall_status") == "starting");
  CHECK(status().at("starting_replicas") == 4);
  server.run("1", 20'000);
  CHECK(status().at("overall_status") == "partial");
  for (const auto* const replica : {"2", "3", "4"}) server.run(replica, 20'000);
  CHECK(status().at("overall_status") == "healthy");
  CHECK(server.get(group_path(id)).at("status") == "running");
  server.exit_by("1", 9);
  CHECK(status().at("overall_status") == "degraded");
  CHECK(status().at("failed_replicas") == 1);
  for (const auto* const replica : {"2", "3", "4"}) server.exit_by(replica, 9);
  CHECK(status().at("overall_status") == "failed");
  CHECK(server.get(group_path(id)).at("status") == "failed");
}

TEST_CASE("a group shows where its replicas are") {
  AifactoryServer server;
  add_two_nodes(server);
  const auto id = server.create("inference/vllm", four_replicas);
  server.run("1", 20'000);
  const auto first = server.get(group_path(id)).at("node_jobs").at(0);
  CHECK(first.at("node").as_string().starts_with("mel200"));
  const auto replica = first.at("replicas").at(0);
  CHECK(replica.at("id") == "1:20000");
  CHECK(replica.at("port") == 20'000);
  CHECK(replica.at("status") == "running");
  CHECK(replica.at("gpu_id").is_number());
}

TEST_CASE("cancelling a group ends every replica, as often as it is asked for") {
  AifactoryServer server;
  add_two_nodes(server);
  const auto id = server.create("inference/vllm", four_replicas);
  for (const auto* const replica : {"1", "2", "3", "4"}) server.run(replica, 20'000);
  const auto answer = server.post(group_path(id, "/status"), R"({"status":"cancelled"})");
  CHECK(answer.at("group_id").as_string() == id);
  for (const auto* const replica : {"1", "2", "3", "4"}) server.await_status(replica, "cancelled");
  CHECK(server.get(group_path(id)).at("status") == "cancelled");
  CHECK(server.delete_(group_path(id)) == server.delete_(group_path(id)));
  CHECK(server.delete_("/api/v1/services/" + id).at("message").as_string() ==
        fmt::format("Service {} stopped successfully", id));
  CHECK(server.get("/api/v1/services").as_array().size() == 4);
}

TEST_CASE("one replica may be ended alone") {
  AifactoryServer server;
  add_two_nodes(server);
  const auto id = server.create("inference/vllm", four_replicas);
  for (const auto* const replica : {"1", "2", "3", "4"}) server.run(replica, 20'000);
  server.delete_("/api/v1/services/2");
  CHECK(server.get("/api/v1/services/2/status").at("status") == "cancelled");
  CHECK(server.get("/api/v1/services/1/status").at("status") == "running");
  CHECK(server.get(group_path(id, "/status")).at("overall_status") == "degraded");
}

TEST_CASE("groups that nobody knows, and wishes that are none") {
  AifactoryServer server;
  add_two_nodes(server);
  for (const auto* const rest : {"", "/status"})
    CHECK(server.get(group_path("sg-9", rest), 404).at("detail") == "Service group not found");
  server.delete_(group_path("sg-9"), 404);
  server.post(group_path("sg-9", "/status"), R"({"status":"cancelled"})", 404);
  const auto alone = server.create("inference/vllm");
  server.delete_(group_path(alone), 404);
  server.post(group_path(alone, "/status"), R"({"status":"cancelled"})", 404);
  server.await_status(alone, "starting");
  CHECK(server.get(groups).as_array().empty());
  const auto id = server.create("inference/vllm", four_replicas);
  server.post(group_path(id, "/status"), R"({"status":"running"})", 400);
  CHECK(server.get(groups).as_array().size() == 1);
}

TEST_CASE("a create of a group under the same Idempotency-Key gets the first answer") {
  AifactoryServer server;
  add_two_nodes(server);
  const auto body = fmt::format(R"({{"recipe_name":"inference/vllm","config":{}}})", four_replicas);
  const AifactoryServer::Headers key{"Idempotency-Key: group"};
  const auto first = server.ask("POST", "/api/v1/services", body, key);
  REQUIRE(first.status == 200);
  server.run("1", 20'000);
  CHECK(server.ask("POST", "/api/v1/services", body, key).body == first.body);
  CHECK(server.get(groups).as_array().size() == 1);
}

TEST_CASE("a group has as many replicas as it may, and no more") {
  AifactoryServer server;
  const auto answer =
      server.post("/api/v1/services",
                  R"({"recipe_name":"inference/vllm","config":{"resources":{"nodes":65}}})", 422);
  CHECK(answer.at("detail").at(0).at("type") == "value_error");
  CHECK(server.get(groups).as_array().empty());
}

TEST_CASE("the health of a group is counted by its replicas") {
  const auto health = [](std::initializer_list<ServiceStatus> statuses) {
    aifactory::Replicas replicas;
    for (const auto status : statuses) {
      const auto replica = std::make_shared<ServiceDetails>();
      replica->status = status;
      replicas.push_back(replica);
    }
    return aifactory::overall_status(aifactory::health_of(replicas));
  };
  using enum ServiceStatus;
  CHECK(health({running, running}) == "healthy");
  CHECK(health({running, pending}) == "partial");
  CHECK(health({running, building}) == "partial");
  CHECK(health({running, completed}) == "degraded");
  CHECK(health({running, starting, failed}) == "degraded");
  CHECK(health({pending, failed}) == "starting");
  CHECK(health({cancelled, failed}) == "failed");
  CHECK(health({}) == "failed");
}
