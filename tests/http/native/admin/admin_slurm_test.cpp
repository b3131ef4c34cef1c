#include <catch2/catch.hpp>

#include "actors/slurm_cluster/slurm_cluster.hpp"
#include "actors/slurm_run/slurm_run.hpp"
#include "tests/http/native/admin/admin_people.hpp"

using namespace orrery;

namespace {

constexpr auto slurm = "/orrery/v1/slurm";
constexpr auto runs = "/orrery/v1/slurm/runs";

void see_nodes(MkinfServer& server) {
  server.command<SlurmCluster>("slurm", SlurmCluster::SeeController{{"22.05.8", 1'700'000'000}});
  server.command<SlurmCluster>(
      "slurm",
      SlurmCluster::SeeNode{
          {"a1", "slurm-a1", "10.0.0.1", "a100", 4, 64, 515'000, {"nvlink"}, {"gpu", "long"}}});
  server.command<SlurmCluster>("slurm", SlurmCluster::SeeForeignUse{{"slurm-a1", 1, 2, 8, 4'096}});
}

void submit(MkinfServer& server, const std::string& run) {
  server.command<SlurmRun>(run, SlurmRun::RequestSubmit{{1, std::string(32, 'x'), "slurm-a1"}});
}

}  // namespace

TEST_CASE("operators see a Slurm with its nodes and what others use") {
  AdminPeople people;
  CHECK(people.order("GET", slurm).at("items").as_array().empty());
  see_nodes(people.server);
  const auto items = people.order("GET", slurm).at("items").as_array();
  REQUIRE(items.size() == 1);
  CHECK(text(items[0], "version") == "22.05.8");
  CHECK(text(items[0], "booted_at") == "2023-11-14T22:13:20Z");
  const auto& node = items[0].at("nodes").as_array().at(0);
  CHECK(text(node, "node_id") == "slurm-a1");
  CHECK(node.at("features").as_array().size() == 1);
  CHECK(node.at("partitions").as_array().size() == 2);
  CHECK(node.at("foreign_use").at("gpu_count") == 2);
  CHECK(people.ask("GET", slurm, people.admin).status == 403);
  CHECK(people.ask("GET", runs, {}).status == 401);
}

TEST_CASE("operators see what was sent to Slurm, page by page, and each run") {
  AdminPeople people;
  for (const auto* run : {"s1.7", "s2.8", "s3.9"}) submit(people.server, run);
  people.server.command<SlurmRun>("s2.8", SlurmRun::ReportSubmitted{{1, 1'000, 1'700'000'000}});
  people.server.command<SlurmRun>(
      "s2.8", SlurmRun::Claim{{1, 1'000, "claimant", "a1"}, std::string(32, 'x')});
  people.server.command<SlurmRun>("s3.9", SlurmRun::End{{SlurmEnd::never_started, {}, {}, "gone"}});

  const auto first = people.order("GET", std::string(runs) + "?limit=2");
  CHECK(first.at("items").as_array().size() == 2);
  CHECK(text(first, "next") == "s2.8");
  const auto rest = people.order("GET", std::string(runs) + "?limit=2&after=s2.8");
  CHECK(rest.at("items").as_array().size() == 1);
  CHECK_FALSE(rest.as_object().contains("next"));
  const auto claimed = people.order("GET", std::string(runs) + "?state=claimed");
  REQUIRE(claimed.at("items").as_array().size() == 1);
  CHECK(text(claimed.at("items").as_array()[0], "host") == "a1");

  const auto ended = people.order("GET", std::string(runs) + "/s3.9");
  CHECK(text(ended, "state") == "ended");
  CHECK(text(ended.at("ended"), "end") == "never_started");
  CHECK(ended.at("slurm_job_id").is_null());
  const auto waiting = people.order("GET", std::string(runs) + "/s1.7");
  CHECK(text(waiting, "state") == "requested");
  CHECK(waiting.at("ended").is_null());

  const auto asked = [&](std::string_view target) {
    return people.ask("GET", target, people.server.tenant.operator_key).status;
  };
  CHECK(asked(std::string(runs) + "/s9.9") == 404);
  CHECK(asked(std::string(runs) + "?state=asleep") == 400);
  CHECK(asked(std::string(runs) + "?limit=0") == 400);
}
