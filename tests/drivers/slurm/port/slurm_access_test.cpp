#include "drivers/slurm/port/slurm_access.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "tests/support/scratch_folder.hpp"

using namespace orrery;

namespace {

/// A Slurm that is there for tests, and may be given jobs; nothing where there is none.
std::optional<SlurmAccess> real_slurm(bool uses_rest) {
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  SlurmAccess access;
  access.uses_rest = uses_rest;
  access.slurm_conf = variable("ORRERY_SLURM_CONF");
  access.rest_url = variable("ORRERY_SLURMREST_URL");
  access.rest_user = "root";
  access.rest_token_file = variable("ORRERY_SLURMREST_TOKEN_FILE");
  if (uses_rest ? access.rest_url.empty() : access.slurm_conf.empty()) return std::nullopt;
  return access;
}

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

void live_of_a_job(SlurmPort& slurm) {
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
  while (!has_ended(find_job(slurm, order.name)->state))
    REQUIRE(slurm.signal(*id, order.name, SIGTERM).has_value());
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

TEST_CASE("a real Slurm runs, signals and cancels by its programs", "[slurm]") {
  const auto access = real_slurm(false);
  if (!access) {
    WARN("not tested: no Slurm is named by ORRERY_SLURM_CONF");
    return;
  }
  const auto slurm = make_slurm_port(*access);
  const auto controller = slurm->controller();
  REQUIRE(controller.has_value());
  CHECK(controller->boot_time_s > 1'600'000'000);
  CHECK_FALSE(controller->cluster_name.empty());
  live_of_a_job(*slurm);
  cancelled_job(*slurm);
  refused_order(*slurm);
}

TEST_CASE("a real Slurm runs, signals and cancels by slurmrestd", "[slurm]") {
  const auto access = real_slurm(true);
  if (!access) {
    WARN("not tested: no slurmrestd is named by ORRERY_SLURMREST_URL");
    return;
  }
  const auto slurm = make_slurm_port(*access);
  const auto controller = slurm->controller();
  REQUIRE(controller.has_value());
  CHECK(controller->boot_time_s > 1'600'000'000);
  live_of_a_job(*slurm);
  cancelled_job(*slurm);
  refused_order(*slurm);
}
