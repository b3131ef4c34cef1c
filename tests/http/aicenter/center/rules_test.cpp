#include <algorithm>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "http/aicenter/policy_document.hpp"
#include "tests/http/aicenter/center_server.hpp"

namespace orrery {
namespace {

/// A policy, an administrator, an operator and a user.
struct Center : CenterServer {
  Center() {
    goes_by(small_policy());
    has_user("boss", "vision", CenterRole::administrator);
    has_user("night", "vision", CenterRole::operator_);
    has_user("kim");
    boss = as("boss");
    night = as("night");
    kim = as("kim");
  }
  std::string detail(std::string_view method, const std::string& path, const Headers& who,
                     const std::string& body, unsigned status = 400) {
    return send(method, "/orrery/v1/center" + path, who, body, status)
        .at("detail")
        .as_string()
        .c_str();
  }

  Headers boss;
  Headers night;
  Headers kim;
};

const std::string root = "/orrery/v1/center";

/// Those are added beside the others, for they need a folder.
bool is_of_files(const std::string& route) {
  for (const auto* const part : {"/files", "/folders", "/uploads"})
    if (route.find(part) != std::string::npos) return true;
  return false;
}

TEST_CASE("teams are part of each other, and of nobody twice", "[aicenter]") {
  Center server;
  const auto set = server.send("PUT", root + "/teams/robots", server.boss,
                               R"({"description":"robots","parent":"vision",)"
                               R"("limits":{"shares":10}})");
  CHECK(set.at("parent") == "vision");
  CHECK(set.at("limits").at("shares") == 10);
  CHECK(server.get(root + "/teams", server.kim).at("items").as_array().size() == 2);
  CHECK(server.detail("PUT", "/teams/vision", server.boss, R"({"parent":"robots"})") ==
        "parent must not be the team itself, or a part of it");
  CHECK(server.detail("PUT", "/teams/zz", server.boss, R"({"parent":"nowhere"})") ==
        "parent must be the name of a team");
  CHECK(server.detail("PUT", "/teams/root", server.boss, "{}").starts_with("name must be"));
  CHECK(server.detail("DELETE", "/teams/vision", server.boss, "", 409) ==
        "Users belong to this team.");
  server.has_team("part", {"", "", "robots", {}});
  CHECK(server.detail("DELETE", "/teams/robots", server.boss, "", 409) ==
        "Other teams are part of this one.");
  CHECK(server.ask("DELETE", root + "/teams/part", server.boss).status == 204);
  CHECK(server.ask("GET", root + "/teams/part", server.kim).status == 404);
  CHECK(server.ask("DELETE", root + "/teams/part", server.boss).status == 404);
  CHECK(server.ask("PUT", root + "/teams/robots", server.night, "{}").status == 403);
}

TEST_CASE("notices are everybody's to read", "[aicenter]") {
  Center server;
  const auto posted =
      server.send("POST", root + "/notices", server.night,
                  R"({"title":"Maintenance","body":"on Sunday","level":"maintenance"})", 201);
  CHECK(posted.at("author") == "night");
  server.send("POST", root + "/notices", server.night, R"({"title":"Second"})", 201);
  const auto all = server.get(root + "/notices", {}).at("items");
  REQUIRE(all.as_array().size() == 2);
  CHECK(all.at(0).at("title") == "Second");
  const auto position = posted.at("position").to_number<std::uint64_t>();
  const auto later = server.get(fmt::format("{}/notices?after={}", root, position), {});
  CHECK(later.at("items").as_array().size() == 1);
  const std::string id = posted.at("id").as_string().c_str();
  CHECK(server.ask("DELETE", root + "/notices/" + id, server.night).status == 204);
  CHECK(server.get(root + "/notices", {}).at("items").as_array().size() == 1);
  CHECK(server.ask("DELETE", root + "/notices/zz", server.night).status == 404);
  CHECK(server.ask("POST", root + "/notices", server.kim, R"({"title":"x"})").status == 403);
  CHECK(server.detail("POST", "/notices", server.night, R"({"title":"x","level":"loud"})") ==
        "level must be info, maintenance or urgent");
  CHECK(server.ask("GET", root + "/notices?after=x", {}).status == 400);
  CHECK(server.ask("GET", root + "/notices?follow=x", {}).status == 400);
}

TEST_CASE("notices can be followed", "[aicenter]") {
  Center server;
  server.send("POST", root + "/notices", server.night, R"({"title":"First"})", 201);
  RawClient client(server.port());
  client.send(
      fmt::format("GET /orrery/v1/center/notices?follow=true&after=1 HTTP/1.1\r\nHost: center\r\n"
                  "{}\r\n{}\r\n\r\n",
                  server.kim[0], server.kim[1]));
  const auto seen = client.read_until("First");
  CHECK(seen.find("text/event-stream") != std::string::npos);
  CHECK(seen.find("event: notice.posted") != std::string::npos);
  CHECK(server.ask("GET", root + "/notices?follow=true", {}).status == 401);
}

TEST_CASE("the policy is read by all and set by administrators", "[aicenter]") {
  Center server;
  const auto shown = server.get(root + "/policy", server.kim);
  CHECK(shown == boost::json::value(aicenter::policy_json(small_policy())));
  auto policy = small_policy();
  policy.limits.jobs_max = 50;
  const auto body = boost::json::serialize(aicenter::policy_json(policy));
  const auto tried = server.send("PUT", root + "/policy?dry_run=true", server.boss, body);
  CHECK(tried.at("applied") == false);
  CHECK(server.center.policy("aicenter")->limits.jobs_max == 100);
  CHECK(server.send("PUT", root + "/policy", server.boss, body).at("applied") == true);
  CHECK(server.center.policy("aicenter")->limits.jobs_max == 50);
  CHECK(server.ask("PUT", root + "/policy", server.night, body).status == 403);
  CHECK(server.detail("PUT", "/policy", server.boss, R"({"limit":{}})") == "limit is unknown");
  CHECK(server.detail("PUT", "/policy", server.boss, "{").starts_with("The body is no JSON"));
  policy.partitions[1].nodes.push_back("ghost");
  const auto ghost = boost::json::serialize(aicenter::policy_json(policy));
  CHECK(server.detail("PUT", "/policy", server.boss, ghost).find("ghost") != std::string::npos);
}

TEST_CASE("why a job waits is told with its rule", "[aicenter]") {
  Center server;
  server.has_node("a100-n1", "a100", 4, 80, 163'840);
  server.submitted(1000, Center::specification("train"));
  auto forecast = std::make_shared<batch::Forecast>();
  forecast->jobs.push_back({.job_id = 1000,
                            .priority = 17,
                            .rank = 1,
                            .reason = batch::WaitReason::resources,
                            .is_reserved = true,
                            .expected_start_s = Center::start_s + 60});
  server.forecasts.publish("aicenter", forecast);
  const auto why = server.get(root + "/jobs/1000/why", server.kim);
  CHECK(why.at("state") == "PENDING");
  CHECK(why.at("reason") == "Resources");
  CHECK(why.at("rank") == 1);
  CHECK(why.at("reserved") == true);
  CHECK(why.at("expected_start") == "2026-03-01T12:01:00Z");
  CHECK(!why.at("sentence").as_string().empty());
  const auto queue = server.get(root + "/queue", server.kim);
  CHECK(queue.at("items").at(0).at("job_id") == 1000);
  CHECK(queue.at("waiting_count") == 1);
  server.started(1000, "a100-n1", {0});
  CHECK(server.get(root + "/jobs/1000/why", server.kim).at("sentence") == "It runs on a100-n1.");
  server.ended(1000, JobOutcome::cancelled, 0, "GpuIdle");
  CHECK(server.get(root + "/jobs/1000/why", server.kim).at("sentence") ==
        "It has ended as CANCELLED: GpuIdle.");
  for (const std::string id : {"9999", "abc", "1000_1", "01000"})
    CHECK(server.ask("GET", root + "/jobs/" + id + "/why", server.kim).status == 404);
}

TEST_CASE("the queue is shown page by page", "[aicenter]") {
  Center server;
  auto forecast = std::make_shared<batch::Forecast>();
  for (std::uint32_t i = 0; i < 3; ++i) {
    server.submitted(1000 + i, Center::specification("train"));
    forecast->jobs.push_back({.job_id = 1000 + i, .rank = 3 - i});
  }
  server.forecasts.publish("aicenter", forecast);
  const auto first = server.get(root + "/queue?limit=2", server.kim);
  CHECK(first.at("items").at(0).at("job_id") == 1002);
  CHECK(first.at("next") == "2");
  const auto second = server.get(root + "/queue?limit=2&after=2", server.kim);
  CHECK(second.at("items").at(0).at("job_id") == 1000);
  CHECK(!second.as_object().contains("next"));
  CHECK(server.ask("GET", root + "/queue?limit=0", server.kim).status == 400);
  CHECK(server.ask("GET", root + "/queue?after=x", server.kim).status == 400);
}

TEST_CASE("the center's routes are those of the document", "[aicenter]") {
  Center server;
  std::vector<std::string> documented;
  for (const auto& route : OpenApiDocument("http/native/openapi.json").routes())
    if (route.find(root) != std::string::npos && !is_of_files(route)) documented.push_back(route);
  CHECK(server.served(root) == documented);
}

}  // namespace
}  // namespace orrery
