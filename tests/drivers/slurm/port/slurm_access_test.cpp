#include "drivers/slurm/port/slurm_access.hpp"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "drivers/runs/program_search.hpp"
#include "drivers/slurm/port/command_runner.hpp"
#include "tests/support/project_folders.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace orrery;

namespace {

/// A Slurm of its own, with slurmrestd, where one is installed. It ends with this object.
class RealSlurm {
 public:
  RealSlurm() {
    const auto up = cluster({"up", "--rest", "nobody"});
    problem_ = up.errors;
    is_absent_ = up.exit_code == 77;
    if (is_absent_) return;
    INFO(problem_);
    REQUIRE(up.is_success());
    rest_url_ = up.output.substr(0, up.output.find('\n'));
  }
  ~RealSlurm() {
    if (!is_absent_) cluster({"down"});
  }
  RealSlurm(const RealSlurm&) = delete;
  RealSlurm& operator=(const RealSlurm&) = delete;

  bool is_absent() const { return is_absent_; }
  const std::string& problem() const { return problem_; }

  SlurmAccess access() const {
    SlurmAccess access;
    access.slurm_conf = folder_.path() / "slurm.conf";
    access.rest_url = rest_url_;
    access.rest_user = "root";
    access.rest_token_file = folder_.path() / "token";
    auto token = say("scontrol", {"token", "username=root"});
    std::ofstream(access.rest_token_file) << token.substr(token.find('=') + 1);
    return access;
  }

 private:
  CommandEnd cluster(std::vector<std::string> words) const {
    std::vector<std::string> arguments{source_folder() / "tests/support/slurm_cluster.py",
                                       folder_.path().string()};
    arguments.insert(arguments.end(), words.begin(), words.end());
    return run_command({"/usr/bin/python3", arguments, environment(), "", std::chrono::minutes(3)});
  }
  std::string say(const std::string& program, const std::vector<std::string>& words) const {
    return run_command({find_program(program, search_path), words, environment()}).output;
  }
  std::vector<std::string> environment() const {
    return {fmt::format("PATH={}", search_path), "PYTHONDONTWRITEBYTECODE=1",
            fmt::format("SLURM_CONF={}/slurm.conf", folder_.path().string())};
  }

  ScratchFolder folder_;
  bool is_absent_ = false;
  std::string problem_;
  std::string rest_url_;
};

/// As the list shows it; nothing where it isn't there.
std::optional<SlurmJob> find_job(SlurmPort& slurm, const std::string& name) {
  for (auto& job : slurm.jobs().value())
    if (job.name == name) return std::move(job);
  return std::nullopt;
}

template <class Condition>
SlurmJob await_job(SlurmPort& slurm, const std::string& name, Condition condition) {
  for (;;) {
    const auto job = find_job(slurm, name);
    REQUIRE(job);
    if (condition(job->state)) return *job;
    std::this_thread::yield();
  }
}

bool is_running(SlurmJobState state) { return state == SlurmJobState::running; }

/// On the first node that is free, named by when it was asked for.
SlurmOrder order_for(SlurmPort& slurm, const std::filesystem::path& folder,
                     const std::string& script) {
  const auto nodes = slurm.nodes().value();
  const auto free = std::ranges::find_if(nodes, [](const SlurmNode& node) {
    return !node.is_down && !node.is_drained && node.gpus_used == 0 && node.gpu_count > 0;
  });
  REQUIRE(free != nodes.end());
  SlurmOrder order;
  order.name = fmt::format("{}.1", folder.filename().string());
  order.script = "#!/bin/sh\n" + script;
  order.nodes = {free->name};
  order.partition = free->partitions.at(0);
  order.gpu_type = free->gpu_type;
  order.gpus_per_node = 1;
  order.memory_mib_per_node = 100;
  order.time_limit_min = 5;
  order.work_directory = folder.string();
  order.output = (folder / "job.log").string();
  return order;
}

void sees_partitions(SlurmPort& slurm) {
  const auto partitions = slurm.partitions().value();
  REQUIRE(partitions.size() == 1);
  CHECK(partitions[0].name == "gpu");
  CHECK(partitions[0].state == "UP");
  CHECK(partitions[0].time_limit_min_max == 7 * 24 * 60);
}

void life_of_a_job(SlurmPort& slurm) {
  const ScratchFolder folder;
  const auto order =
      order_for(slurm, folder.path(), "trap 'exit 0' TERM\nwhile :; do sleep 0.1; done\n");
  const auto id = slurm.submit(order);
  REQUIRE(id.has_value());
  CHECK(await_job(slurm, order.name, is_running).id == *id);
  for (const auto& node : slurm.nodes().value())
    if (node.name == order.nodes[0]) CHECK(node.gpus_used == 1);

  CHECK(slurm.cancel(*id, "another.1").has_value());  // Not its name: nothing happens.
  CHECK(slurm.signal(*id, "another.1", SIGTERM).has_value());
  CHECK(find_job(slurm, order.name)->state == SlurmJobState::running);
  // A signal that hits the script before its first line would end it otherwise.
  bool is_told = false;
  while (!has_ended(find_job(slurm, order.name)->state))  // One that is ending takes none.
    is_told = slurm.signal(*id, order.name, SIGTERM).has_value() || is_told;
  CHECK(is_told);
  CHECK(slurm.cancel(*id, order.name).has_value());  // It has ended: nothing is left to do.
}

void cancelled_job(SlurmPort& slurm) {
  const ScratchFolder folder;
  const auto order = order_for(slurm, folder.path(), "sleep 1000\n");
  const auto id = slurm.submit(order);
  REQUIRE(id.has_value());
  CHECK(slurm.cancel(*id, order.name).has_value());
  CHECK(await_job(slurm, order.name, has_ended).state == SlurmJobState::cancelled);
  CHECK(slurm.cancel(4'000'000'000, order.name).has_value());
}

void refused_order(SlurmPort& slurm) {
  const ScratchFolder folder;
  auto order = order_for(slurm, folder.path(), "true\n");
  order.gpus_per_node = 1'000;
  CHECK(slurm.submit(order).error().trouble == SlurmTrouble::refused);
  order.gpus_per_node = 1;
  order.partition = "no_such_partition";
  CHECK(slurm.submit(order).error().trouble == SlurmTrouble::refused);
}

}  // namespace

TEST_CASE("a real Slurm runs, signals, cancels and refuses, by its programs and slurmrestd",
          "[slurm]") {
  const RealSlurm real;
  if (real.is_absent()) {
    WARN("not tested: " << real.problem());
    return;
  }
  auto access = real.access();
  for (const bool uses_rest : {false, true}) {
    INFO((uses_rest ? "by slurmrestd" : "by its programs"));
    access.uses_rest = uses_rest;
    const auto slurm = make_slurm_port(access);
    const auto controller = slurm->controller();
    REQUIRE(controller.has_value());
    CHECK(controller->boot_time_s > 1'600'000'000);
    CHECK(controller->cluster_name.empty() == uses_rest);  // Which slurmrestd doesn't tell.
    sees_partitions(*slurm);
    life_of_a_job(*slurm);
    cancelled_job(*slurm);
    refused_order(*slurm);
  }
}
