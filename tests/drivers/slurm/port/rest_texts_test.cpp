#include "drivers/slurm/port/rest_texts.hpp"

#include <boost/json/parse.hpp>
#include <catch2/catch.hpp>

#include "drivers/slurm/port/slurm_trouble.hpp"
#include "tests/drivers/slurm/port/recorded.hpp"

using namespace orrery;

namespace {

boost::json::object answer(const std::string& name) {
  auto read = read_rest_answer(recorded(name), 200);
  REQUIRE(read.has_value());
  return *read;
}

}  // namespace

TEST_CASE("slurmrestd's jobs are those of one user") {
  const auto jobs = read_rest_jobs(answer("rest_jobs.json"), "root").value();
  REQUIRE(jobs.size() == 3);
  CHECK(jobs[0] == SlurmJob{1020, "svc-1.3.1", SlurmJobState::running, "None"});
  CHECK(jobs[1] == SlurmJob{1023, "w.2.1", SlurmJobState::pending, "Resources"});
  CHECK(jobs[2] == SlurmJob{1025, "a\nb", SlurmJobState::failed, "NonZeroExitCode"});
  CHECK(read_rest_jobs(answer("rest_jobs.json"), "nobody").value().empty());
}

TEST_CASE("slurmrestd's nodes are read, with use, drains and reasons") {
  const auto nodes = read_rest_nodes(answer("rest_nodes.json")).value();
  REQUIRE(nodes.size() == 5);
  CHECK(nodes[0] == recorded_a1());
  CHECK(nodes[1].is_down);
  CHECK(nodes[1].reason == "x y");
  CHECK(nodes[2].is_drained);  // In maintenance.
  CHECK(nodes[3].gpus_used == 3);
  CHECK(nodes[4].is_drained);  // It doesn't answer.
  CHECK_FALSE(nodes[4].is_down);
}

TEST_CASE("slurmrestd's partitions are read, with their limits and whom they are for") {
  CHECK(read_rest_partitions(answer("rest_partitions.json")) == recorded_partitions());
  CHECK_FALSE(read_rest_partitions(answer("rest_nodes.json")));
}

TEST_CASE("slurmrestd's statistics tell the controller's version and time") {
  CHECK(read_rest_controller(answer("rest_diag.json")) ==
        SlurmController{"", "22.05.8", 1'795'356'349});
  CHECK_FALSE(read_rest_controller(answer("rest_nodes.json")));
}

TEST_CASE("slurmrestd is judged by its errors, whatever the status") {
  const auto refused = read_rest_answer(recorded("rest_refused.json"), 200);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().trouble == SlurmTrouble::refused);
  const auto absent = read_rest_answer(recorded("rest_no_such_job.json"), 500);
  REQUIRE_FALSE(absent.has_value());
  CHECK(says_no_such_job(absent.error().message));
  const auto token = read_rest_answer(recorded("rest_bad_token.json"), 500);
  REQUIRE_FALSE(token.has_value());
  CHECK(token.error().trouble == SlurmTrouble::unknown);
  CHECK(read_rest_answer("Authentication failure", 401).error().trouble == SlurmTrouble::unusable);
  CHECK(read_rest_answer("<html>", 502).error().trouble == SlurmTrouble::unknown);
  CHECK(read_rest_answer(R"({"errors": [], "job_id": 7})", 500).value().at("job_id") == 7);
}

TEST_CASE("what a gateway says in slurmrestd's place is no empty Slurm") {
  const auto gateway = read_rest_answer(R"({"message": "upstream timed out"})", 504);
  REQUIRE_FALSE(gateway.has_value());
  CHECK(gateway.error().trouble == SlurmTrouble::unknown);
  CHECK(read_rest_answer(R"({"message": "no"})", 403).error().trouble == SlurmTrouble::unusable);
  CHECK_FALSE(read_rest_jobs({{"errors", boost::json::array()}}, "root"));
  CHECK_FALSE(read_rest_jobs({{"jobs", "many"}}, "root"));
  CHECK_FALSE(read_rest_nodes({{"errors", boost::json::array()}}));
}

TEST_CASE("a submission names what the order asks for") {
  SlurmOrder order;
  order.name = "run-1.1.1";
  order.script = "#!/bin/sh\n";
  order.partition = "gpu";
  order.nodes = {"a1", "a2"};
  order.cpus_per_node = 4;
  order.gpu_type = "a100";
  order.gpus_per_node = 2;
  order.memory_mib_per_node = 1'000;
  order.time_limit_min = 5;
  order.work_directory = "/srv/run";
  order.output = "/srv/run/100%.log";
  const auto submission = boost::json::parse(rest_submission(order)).as_object();
  CHECK(submission.at("script") == "#!/bin/sh\n");
  const auto& job = submission.at("job").as_object();
  CHECK(job.at("name") == "run-1.1.1");
  CHECK(job.at("nodelist") == "a1,a2");
  CHECK(job.at("nodes") == boost::json::array{2, 2});
  CHECK(job.at("tasks") == 2);
  CHECK(job.at("cpus_per_task") == 4);
  CHECK(job.at("gres") == "gpu:a100:2");
  CHECK(job.at("memory_per_node") == 1'000);
  CHECK(job.at("time_limit") == 5);
  CHECK(job.at("requeue") == false);
  CHECK(job.at("standard_output") == "/srv/run/100%%.log");
  CHECK_FALSE(job.contains("account"));
}
