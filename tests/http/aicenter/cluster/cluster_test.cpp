#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "tests/http/aicenter/center_server.hpp"

namespace orrery {
namespace {

/// Three nodes, and kim who asks.
struct Cluster : CenterServer {
  Cluster() {
    goes_by(small_policy());
    has_user("kim");
    has_node("a100-n1", "a100", 4, 80, 163'840);
    has_node("a100-n2", "a100", 4, 80, 163'840);
    has_node("sv8ka-n1", "a40", 8, 80, 819'201);
    kim = as("kim");
  }
  boost::json::value node(const std::string& id) {
    return get("/slurm/v0.0.38/node/" + id, kim).at("nodes").at(0);
  }

  Headers kim;
};

TEST_CASE("a node shows what it has, and what jobs have of it", "[aicenter]") {
  Cluster server;
  server.submitted(1000, Cluster::specification("train", 2));
  server.started(1000, "a100-n1", {0, 1});
  const auto node = server.node("a100-n1");
  CHECK(node.at("state") == "mixed");
  CHECK(node.at("gres") == "gpu:a100:4");
  CHECK(node.at("gres_used") == "gpu:a100:2(IDX:0-1)");
  CHECK(node.at("alloc_cpus") == 8);
  CHECK(node.at("idle_cpus") == 72);
  CHECK(node.at("alloc_memory") == 10'240);
  CHECK(node.at("free_memory") == 153'600);
  CHECK(node.at("tres") == "cpu=80,mem=160G,billing=80,gres/gpu=4");
  CHECK(node.at("tres_used") == "cpu=8,mem=10G,gres/gpu=2");
  CHECK(node.at("features") == "a100,nvlink");
  CHECK(boost::json::serialize(node.at("partitions")) == R"(["p1"])");
  const auto idle = server.node("sv8ka-n1");
  CHECK(idle.at("state") == "idle");
  CHECK(idle.at("gres_used") == "gpu:a40:0(IDX:N/A)");
  CHECK(idle.at("tres_used").is_null());
  CHECK(idle.at("tres") == "cpu=80,mem=819201M,billing=80,gres/gpu=8");
}

TEST_CASE("a job that has its node to itself has all processors of it", "[aicenter]") {
  Cluster server;
  auto wanted = Cluster::specification("alone", 1);
  wanted.resources.is_exclusive = true;
  server.submitted(1000, wanted);
  server.started(1000, "a100-n2", {3});
  const auto node = server.node("a100-n2");
  CHECK(node.at("state") == "allocated");
  CHECK(node.at("alloc_cpus") == 80);
  CHECK(node.at("gres_used") == "gpu:a100:1(IDX:3)");
  server.ended(1000, JobOutcome::completed, 0);
  CHECK(server.node("a100-n2").at("state") == "idle");
}

TEST_CASE("nodes that take no work say so", "[aicenter]") {
  Cluster server;
  server.happened("node/a100-n1", NodeCordoned{"bad fan"});
  server.happened("node/a100-n2", NodeLost{"power"});
  auto policy = small_policy();
  policy.nodes.push_back({"ghost", {}});
  policy.reservations = {
      {"repair", {"sv8ka-n1"}, Cluster::start_s - 10, Cluster::start_s + 10, {}, {}}};
  server.goes_by(policy);
  const auto flags = [&](const std::string& id) {
    return boost::json::serialize(server.node(id).at("state_flags"));
  };
  CHECK(flags("a100-n1") == R"(["DRAIN"])");
  CHECK(server.node("a100-n1").at("reason") == "bad fan");
  CHECK(server.node("a100-n1").at("reason_changed_at") == Cluster::start_s);
  CHECK(server.node("a100-n2").at("state") == "down");
  CHECK(flags("a100-n2") == R"(["NOT_RESPONDING"])");
  CHECK(flags("sv8ka-n1") == R"(["MAINTENANCE","RESERVED"])");
  CHECK(server.node("ghost").at("state") == "unknown");
  CHECK(server.get("/slurm/v0.0.38/nodes", server.kim).at("nodes").as_array().size() == 4);
}

TEST_CASE("a partition says who may use it, and what it has", "[aicenter]") {
  Cluster server;
  const auto shown = server.get("/slurm/v0.0.38/partition/p1", server.kim).at("partitions").at(0);
  CHECK(shown.at("nodes") == "a100-n[1-2],sv8ka-n1");
  CHECK(shown.at("total_cpus") == 240);
  CHECK(shown.at("total_nodes") == 3);
  CHECK(shown.at("max_time_limit") == 10'080);
  CHECK(shown.at("default_time_limit").is_null());
  CHECK(shown.at("allowed_groups") == "A");
  CHECK(boost::json::serialize(shown.at("flags")) == R"(["default"])");
  CHECK(boost::json::serialize(shown.at("preemption_mode")) == R"(["requeue"])");
  CHECK(shown.at("tres") == "cpu=240,mem=1146881M,node=3,billing=240,gres/gpu=16");
  CHECK(server.get("/slurm/v0.0.38/partitions", server.kim).at("partitions").as_array().size() ==
        2);
}

TEST_CASE("reservations that are over are gone", "[aicenter]") {
  Cluster server;
  auto policy = small_policy();
  policy.reservations = {
      {"class", {"a100-n1", "a100-n2"}, Cluster::start_s, Cluster::start_s + 100, {"kim"}, {}},
      {"over", {"a100-n1"}, Cluster::start_s - 100, Cluster::start_s, {}, {}}};
  server.goes_by(policy);
  const auto all = server.get("/slurm/v0.0.38/reservations", server.kim).at("reservations");
  REQUIRE(all.as_array().size() == 1);
  CHECK(all.at(0).at("node_list") == "a100-n[1-2]");
  CHECK(all.at(0).at("core_count") == 160);
  CHECK(all.at(0).at("users") == "kim");
  CHECK(boost::json::serialize(all.at(0).at("flags")) == R"(["SPEC_NODES"])");
}

TEST_CASE("names that nothing has are refused as slurmrestd refuses them", "[aicenter]") {
  Cluster server;
  const auto refused = [&](const std::string& path, int number, const std::string& words,
                           const std::string& member) {
    const auto answer = server.get("/slurm/v0.0.38/" + path, server.kim, 500);
    CHECK(boost::json::serialize(answer.at("errors")) ==
          fmt::format(R"([{{"error":"{}","errno":{}}}])", words, number));
    CHECK(answer.at(member).as_array().empty());
  };
  refused("node/zz", 2018, "Invalid node name specified", "nodes");
  refused("partition/zz", 2000, "Invalid partition name specified", "partitions");
  refused("reservation/zz", 2053, "Requested reservation is invalid", "reservations");
}

TEST_CASE("whoever has the newest gets nothing anew", "[aicenter]") {
  Cluster server;
  const auto status = [&](const std::string& list, std::int64_t since) {
    return server
        .ask("GET", fmt::format("/slurm/v0.0.38/{}?update_time={}", list, since), server.kim)
        .status;
  };
  for (const std::string list : {"nodes", "partitions", "reservations"}) {
    CHECK(status(list, Cluster::start_s - 1) == 200);
    CHECK(status(list, Cluster::start_s) == 304);
  }
  server.clock.advance(std::chrono::seconds(100));
  server.submitted(1000, Cluster::specification("train"));
  CHECK(status("nodes", Cluster::start_s + 50) == 200);
  CHECK(status("partitions", Cluster::start_s + 50) == 304);
  auto policy = small_policy();
  policy.partitions[0].is_up = false;
  server.goes_by(policy);
  CHECK(status("partitions", Cluster::start_s + 50) == 200);
  const auto wrong = server.get("/slurm/v0.0.38/nodes?update_time=abc", server.kim, 400);
  CHECK(wrong.at("errors").as_array().empty());
}

TEST_CASE("the controller answers, and says how its queue does", "[aicenter]") {
  Cluster server;
  const auto ping = server.get("/slurm/v0.0.38/ping", server.kim).at("pings");
  CHECK(boost::json::serialize(ping) ==
        R"([{"hostname":"center","ping":"UP","status":0,"mode":"primary"}])");
  CHECK(server.get("/slurm/v0.0.38/licenses", server.kim).at("licenses").as_array().empty());
  server.submitted(1000, Cluster::specification("one"));
  server.submitted(1001, Cluster::specification("two"));
  server.started(1001, "a100-n1", {0});
  auto forecast = std::make_shared<batch::Forecast>();
  forecast->pass_us = 123;
  forecast->pass_count = 7;
  forecast->jobs.push_back({.job_id = 1000, .rank = 1});
  server.forecasts.publish("aicenter", forecast);
  const auto diag = server.get("/slurm/v0.0.38/diag", server.kim).at("statistics");
  CHECK(diag.at("jobs_submitted") == 2);
  CHECK(diag.at("jobs_pending") == 1);
  CHECK(diag.at("jobs_running") == 1);
  CHECK(diag.at("schedule_cycle_last") == 123);
  CHECK(diag.at("bf_cycle_counter") == 7);
  CHECK(diag.at("bf_queue_len") == 1);
}

TEST_CASE("nobody sees the cluster without a token", "[aicenter]") {
  Cluster server;
  for (const std::string path : {"nodes", "partitions", "reservations", "ping", "diag"})
    CHECK(server.ask("GET", "/slurm/v0.0.38/" + path, {}).status == 401);
  CHECK(server.ask("GET", "/slurmdb/v0.0.38/jobs", {}).status == 401);
  const auto unknown = server.ask("GET", "/slurm/v0.0.38/foo", server.kim);
  CHECK(unknown.status == 404);
  CHECK(unknown.body == "Unable find requested URL. Please view /openapi/v3 for API reference.");
  CHECK(server.ask("POST", "/slurm/v0.0.38/nodes", server.kim).status == 405);
}

}  // namespace
}  // namespace orrery
