#include "drivers/slurm/plan/container_command.hpp"

#include <catch2/catch.hpp>

#include "tests/drivers/slurm/plan/plan_scene.hpp"

using namespace orrery;

namespace {

using Words = std::vector<std::string>;

struct Contained {
  SlurmConfiguration configuration;
  ContainerWish wish{
      "vllm:1", "orrery-17.3", {"/runs/w", "/container/w"}, {{"/recipes", "/r", true}}};
  LaunchPlan plan;
  std::optional<LaunchFailure> failure;

  explicit Contained(SlurmRuntime runtime) {
    configuration.directory = "/shared/slurm/runs";
    configuration.runtime = runtime;
    plan.command = {"serve", "--fast"};
    plan.environment = {{"HOME", "/runs/w"}, {"PATH", "/bin"}, {"TOKEN", "secret"}};
  }
  const Words& run() {
    failure = put_into_container(configuration, wish, plan);
    return plan.command;
  }
  std::string code() {
    run();
    return failure ? failure->code : "";
  }
};

}  // namespace

TEST_CASE("podman is told folders, names of variables and a name, and stays in the job's cgroups") {
  Contained contained(SlurmRuntime::podman);
  contained.configuration.container_options = {"--runtime=runc"};
  CHECK(contained.run() == Words{"podman",
                                 "run",
                                 "--rm",
                                 "--replace",
                                 "--name",
                                 "orrery-17.3",
                                 "--network=host",
                                 "--cgroups=disabled",
                                 "--security-opt=no-new-privileges",
                                 "--log-driver=none",
                                 "--workdir",
                                 "/container/w",
                                 "--mount",
                                 "type=bind,source=/recipes,target=/r,readonly",
                                 "--mount",
                                 "type=bind,source=/runs/w,target=/container/w",
                                 "--env",
                                 "TOKEN",
                                 "--env",
                                 "HOME=/container/w",
                                 "--runtime=runc",
                                 "vllm:1",
                                 "serve",
                                 "--fast"});
  CHECK(contained.plan.is_sandboxed);
  CHECK(contained.plan.inherited == Words{"HOME", "XDG_RUNTIME_DIR"});
}

TEST_CASE("podman's GPUs are looked up on the node, where Slurm has said which they are") {
  Contained contained(SlurmRuntime::podman);
  contained.plan.gpu_indices = {1};
  const auto& words = contained.run();
  CHECK(words.at(0) == "/bin/sh");
  CHECK(words.at(2).find("nvidia.com/gpu=$gpu") != std::string::npos);
  CHECK(words.at(4) == "--rm");
  CHECK(words.back() == "--fast");
}

TEST_CASE("apptainer is told folders, and hands its variables on by itself") {
  Contained contained(SlurmRuntime::apptainer);
  CHECK(contained.run() == Words{"apptainer", "exec", "--contain", "--writable-tmpfs", "--home",
                                 "/runs/w:/container/w", "--bind", "/recipes:/r:ro", "--pwd",
                                 "/container/w", "docker://vllm:1", "serve", "--fast"});
  CHECK_FALSE(contained.plan.is_sandboxed);
}

TEST_CASE("apptainer runs an image's own command where there is no other, with GPUs where it has") {
  Contained contained(SlurmRuntime::apptainer);
  contained.plan.command.clear();
  contained.plan.gpu_indices = {0};
  contained.wish.image = "vllm.sif";
  const auto& words = contained.run();
  CHECK(words.at(1) == "run");
  CHECK(has(words, "--nv"));
  CHECK(words.back() == "/shared/slurm/images/vllm.sif");
}

TEST_CASE("images of apptainer are files of the images' folder, absolute, or named by a source") {
  const auto image_of = [](const std::string& image) {
    Contained contained(SlurmRuntime::apptainer);
    contained.plan.command.clear();
    contained.wish.image = image;
    return contained.run().empty() ? contained.failure->code : contained.plan.command.back();
  };
  CHECK(image_of("oras://registry/x:1") == "oras://registry/x:1");
  CHECK(image_of("/images/x.sif") == "/images/x.sif");
  CHECK(image_of("../x.sif") == "bad_image");
  CHECK(image_of("--bind") == "bad_image");
  CHECK(image_of("") == "bad_image");
}

TEST_CASE("a folder whose name a runtime would misread isn't mounted") {
  for (const auto runtime : {SlurmRuntime::apptainer, SlurmRuntime::podman})
    for (const auto* target : {"/a,readonly", "/a:/b", "/a\"b", "a"}) {
      Contained contained(runtime);
      contained.wish.mounts.push_back({"/volumes/v", target});
      CHECK(contained.code() == "bad_mount");
      CHECK(contained.plan.command == Words{"serve", "--fast"});
    }
}
