#include "drivers/runs/process_environment.hpp"

#include <fstream>

#include <catch2/catch.hpp>

#include "actors/service/variable_names.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace orrery;

namespace {

GivenPlace place() {
  return {"17", "127.0.0.1", {20'001, 20'002}, "/recipes", "/runs/17.3/work", {1, 3}, "/runs/17.3"};
}

ServiceLaunch launch(std::vector<std::string> command,
                     std::vector<EnvironmentVariable> environment = {}) {
  ServiceLaunch launch;
  launch.command = std::move(command);
  launch.environment = std::move(environment);
  return launch;
}

}  // namespace

TEST_CASE("placeholders of a command and its environment are filled in") {
  const auto ready = prepare_command(
      launch({"serve", "${RECIPES}/a.sh", "--at=${HOST}:${PORT}", "${MODEL}", "$HOME", "$${PORT}"},
             {{"ADDRESS", "${HOST}:${PORT_2}"}, {"MODEL", "m-${SERVICE_ID}"}}),
      {}, place());
  REQUIRE(ready.has_value());
  CHECK(ready->command == std::vector<std::string>{"serve", "/recipes/a.sh", "--at=127.0.0.1:20001",
                                                   "m-17", "$HOME", "${PORT}"});
  CHECK(ready->environment.at("ADDRESS") == "127.0.0.1:20002");
}

TEST_CASE("a process gets the GPUs that it holds, and a place of its own") {
  auto ready = prepare_command(launch({"x"}, {{"CUDA_VISIBLE_DEVICES", "0"}}), {}, place());
  REQUIRE(ready.has_value());
  CHECK(ready->environment == Variables{{"CUDA_DEVICE_ORDER", "PCI_BUS_ID"},
                                        {"CUDA_VISIBLE_DEVICES", "1,3"},
                                        {"HOME", "/runs/17.3/work"},
                                        {"HOST", "127.0.0.1"},
                                        {"LANG", "C.UTF-8"},
                                        {"ORRERY_RUN", "/runs/17.3"},
                                        {"PATH", ready->environment.at("PATH")},
                                        {"PORT", "20001"},
                                        {"PORT_2", "20002"}});
  auto without = place();
  without.gpu_indices.clear();
  ready = prepare_command(launch({"x"}), {}, without);
  CHECK(ready->environment.at("CUDA_VISIBLE_DEVICES").empty());
}

TEST_CASE("operators' variables are there, and no placeholder shows them") {
  const Variables of_operator{{"HF_TOKEN", "secret"}, {"PATH", "/opt/bin"}, {"MODEL", "theirs"}};
  const auto ready = prepare_command(launch({"x"}, {{"MODEL", "ours"}}), of_operator, place());
  CHECK(ready->environment.at("HF_TOKEN") == "secret");
  CHECK(ready->environment.at("PATH") == "/opt/bin");
  CHECK(ready->environment.at("MODEL") == "ours");
  const auto shown = prepare_command(launch({"echo", "${HF_TOKEN}"}), of_operator, place());
  CHECK(shown.error().code == "bad_placeholder");
}

TEST_CASE("placeholders that mean nothing, themselves or too much are told") {
  for (const auto* word : {"${NOBODY}", "${", "${PORT"})
    CHECK(prepare_command(launch({word}), {}, place()).error().code == "bad_placeholder");
  CHECK(prepare_command(launch({"x"}, {{"A", "${B}"}, {"B", "${A}"}}), {}, place()).error().code ==
        "bad_placeholder");
  std::vector<EnvironmentVariable> growing{{"V0", std::string(1'000, 'x')}};
  for (int i = 1; i < 8; ++i) {
    const auto before = "${V" + std::to_string(i - 1) + "}";
    growing.push_back({"V" + std::to_string(i), before + before + before + before});
  }
  CHECK(prepare_command(launch({"x"}, growing), {}, place()).error().code == "bad_placeholder");
}

TEST_CASE("a variable that changes which code runs is refused by the driver, too") {
  for (const auto* name : {"LD_PRELOAD", "PATH", "BASH_ENV", "SLURM_JOB_ID", "ORRERY_RUN",
                           "PYTHONPATH", "NODE_OPTIONS", "1A", "A B", "A=B", ""}) {
    CHECK_FALSE(is_allowed_variable(name));
    CHECK(prepare_command(launch({"x"}, {{name, "1"}}), {}, place()).error().code ==
          "environment_refused");
  }
  for (const auto* name : {"VLLM_MODEL", "CUDA_VISIBLE_DEVICES", "_a1", "LDAP_URL"})
    CHECK(is_allowed_variable(name));
}

TEST_CASE("an operator's file of variables") {
  const ScratchFolder folder;
  const auto file = folder.path() / "environment";
  std::ofstream(file) << "# secrets\n\nHF_TOKEN=abc=d\nQUOTED=\"two words\"\nEMPTY=\r\n";
  CHECK(*read_environment_file(file) ==
        Variables{{"HF_TOKEN", "abc=d"}, {"QUOTED", "two words"}, {"EMPTY", ""}});
  CHECK(read_environment_file("")->empty());
  CHECK(read_environment_file(folder.path() / "none").error().code == "environment_file");
  std::ofstream(file) << "A=1\nno equals\n";
  CHECK(read_environment_file(file).error().message.find("line 2") != std::string::npos);
}
