#include "drivers/slurm/plan/slurm_plan.hpp"

#include <filesystem>

#include <catch2/catch.hpp>

#include "storage/subject_keys.hpp"
#include "tests/drivers/slurm/plan/plan_scene.hpp"

using namespace orrery;

namespace {

using Words = std::vector<std::string>;

StartService service(Words command, std::string image = "") {
  StartService start;
  start.service_id = "17";
  start.node_id = "slurm-a1";
  start.fence = 3;
  auto& launch = start.specification.launch;
  launch.command = std::move(command);
  launch.image = std::move(image);
  launch.ports = {8'000};
  launch.grace_period_s = 90;
  return start;
}

StartJob job(SubjectKeys& keys) {
  StartJob start;
  start.job_id = "5";
  start.node_id = "slurm-a1";
  start.places = {{"slurm-a1", {0, 2}}, {"slurm-a2", {1, 3}}};
  start.fence = 4;
  start.attempt = 1;
  start.time_limit_min = 10;
  start.specification.user = "kim";
  start.specification.name = "train";
  start.specification.resources.cpus_per_node = 8;
  start.specification.resources.memory_mib_per_node = 2'000;
  start.specification.script.text = keys.seal("center-kim", "#!/bin/sh\necho hello\n").value();
  return start;
}

}  // namespace

TEST_CASE("a service's command is told the node's address and a port") {
  PlanScene scene;
  const auto plan = scene.plan(service({"serve", "--at", "${HOST}:${PORT}"}), "17");
  REQUIRE(plan.has_value());
  const auto port = std::to_string(plan->launch.ports.at(0));
  CHECK(plan->launch.command == Words{"serve", "--at", "10.0.0.7:" + port});
  CHECK(plan->launch.host == "10.0.0.7");
  CHECK(variable(plan->launch, "PORT") == port);
  CHECK_FALSE(plan->launch.is_sandboxed);
  CHECK(plan->launch.control_group.empty());
}

TEST_CASE("Slurm is asked for what a service was placed with, and for longer than its time") {
  PlanScene scene;
  scene.configuration.account = "physics";
  auto start = service({"serve"});
  start.gpu_indices = {1, 3};
  start.specification.resources = {4, 8'192, 2, "", 15};
  const auto order = scene.plan(start, "17")->order;
  CHECK(order.nodes == Words{"a1"});
  CHECK(order.account == "physics");
  CHECK(order.cpus_per_node == 4);
  CHECK(order.memory_mib_per_node == 8'192);
  CHECK(order.gpus_per_node == 2);
  CHECK(order.gpu_type == "a100");
  CHECK(order.time_limit_min == 18);
  CHECK(order.work_directory == (scene.configuration.directory / "17.3").string());
}

TEST_CASE("what a service doesn't ask for is the partition's, but for one processor") {
  PlanScene scene;
  const auto order = scene.plan(service({"serve"}), "17")->order;
  CHECK(order.cpus_per_node == 1);
  CHECK(order.memory_mib_per_node == 0);
  CHECK(order.gpus_per_node == 0);
  CHECK(order.gpu_type.empty());
  CHECK(order.time_limit_min == 0);
}

TEST_CASE("which GPUs a run has is Slurm's word; a run without any sees none") {
  PlanScene scene;
  auto start = service({"serve"});
  auto plan = scene.plan(start, "17");
  CHECK_FALSE(has(plan->launch.inherited, "CUDA_VISIBLE_DEVICES"));
  CHECK(variable(plan->launch, "CUDA_VISIBLE_DEVICES").empty());
  start.gpu_indices = {3};
  plan = scene.plan(start, "17");
  CHECK(has(plan->launch.inherited, "CUDA_VISIBLE_DEVICES"));
}

TEST_CASE("a node that Slurm has no more is planned on by nobody") {
  PlanScene scene;
  scene.places = {{}};
  CHECK(scene.plan(service({"serve"}), "17").error().code == "no_such_node");
  scene.places.clear();
  CHECK(scene.plan(service({"serve"}), "17").error().code == "no_such_node");
}

TEST_CASE("a start that fails has no ports") {
  PlanScene scene;
  for (int i = 0; i < 20; ++i) {
    CHECK(scene.plan(service({"serve", "${NOTHING}"}), "17").error().code == "bad_placeholder");
    scene.configuration.runtime = SlurmRuntime::podman;
    CHECK(scene.plan(service({"serve"}, "vllm.sif"), "17").error().code == "bad_image");
    scene.configuration.runtime = SlurmRuntime::command;
  }
  CHECK(scene.ports.take(10).size() == 10);
}

TEST_CASE("without containers a recipe's command runs, and an image alone is no command") {
  PlanScene scene;
  CHECK(scene.plan(service({"serve"}, "vllm.sif"), "17")->launch.command == Words{"serve"});
  CHECK(scene.plan(service({}, "minio:1"), "17").error().code == "recipe_has_no_command");
}

TEST_CASE("a service's image runs with its command, its folder and the recipes") {
  PlanScene scene;
  scene.configuration.runtime = SlurmRuntime::podman;
  const auto launch = scene.plan(service({"serve", "${PORT}"}, "vllm:1"), "17")->launch;
  CHECK(launch.command.at(0) == "podman");
  CHECK(after(launch.command, "--name") == "orrery-17.3");
  CHECK(after(launch.command, "vllm:1") == "serve");
  CHECK(after(launch.command, "serve") == std::to_string(launch.ports.at(0)));
  CHECK(launch.command.back() == std::to_string(launch.ports.at(0)));
  const auto work = (scene.configuration.directory / "17.3" / "work").string();
  CHECK(after(launch.command, "--workdir") == work);
  const auto recipes = scene.configuration.recipes.string();
  CHECK(has(launch.command, "type=bind,source=" + recipes + ",target=" + recipes + ",readonly"));
  CHECK(scene.plan(service({}, "minio:1"), "17")->launch.command.back() == "minio:1");
}

TEST_CASE("a request can't set what a container's runtime takes for its own") {
  PlanScene scene;
  scene.configuration.runtime = SlurmRuntime::apptainer;
  auto start = service({"serve"}, "vllm.sif");
  start.specification.launch.environment = {{"APPTAINER_BIND", "/:/host"}};
  CHECK(scene.plan(start, "17").error().code == "environment_refused");
}

TEST_CASE("a job's script runs in its person's folder, on the first of all its nodes") {
  PlanScene scene;
  ScratchFolder homes;
  const auto keys = SubjectKeys::in_memory();
  scene.configuration.homes = homes.path();
  scene.configuration.subject_keys = keys.get();
  scene.places = {{"a1", "10.0.0.7", "a100"}, {"a2", "10.0.0.8", "a40"}};
  const auto plan = scene.plan(job(*keys), "job-5");
  REQUIRE(plan.has_value());
  const auto script = scene.configuration.directory / "job-5.4" / "work" / "slurm_script";
  CHECK(plan->launch.command == Words{script.string()});
  CHECK(std::filesystem::exists(script));
  CHECK(plan->launch.work_directory == (homes.path() / "kim").string());
  CHECK(variable(plan->launch, "SLURM_JOB_ID") == "5");
  CHECK(variable(plan->launch, "SLURM_JOB_NODELIST") == "slurm-a1,slurm-a2");
  CHECK(has(plan->launch.inherited, "SLURM_JOB_GPUS"));
  const auto& order = plan->order;
  CHECK(order.nodes == Words{"a1", "a2"});
  CHECK(order.cpus_per_node == 8);
  CHECK(order.memory_mib_per_node == 2'000);
  CHECK(order.gpus_per_node == 2);
  CHECK(order.gpu_type.empty());
  CHECK(order.time_limit_min > 10);
}
