#pragma once

#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "actors/placement/placement.hpp"
#include "tests/support/crash_everywhere.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/rule_world.hpp"

/// Services on a cluster of nodes, with all rules, placement and the processes.
namespace orrery::services {

inline constexpr auto* cluster = "ai-factory";
inline constexpr auto* model = "A100-40GB";

inline ServiceSpecification specification_of(const std::string& name, std::uint32_t gpu_count = 1,
                                             std::uint32_t time_limit_min = 0) {
  ServiceSpecification wish;
  wish.recipe_name = wish.recipe = "inference/vllm";
  wish.name = name;
  wish.cluster = cluster;
  wish.resources = {2, 1'024, gpu_count, gpu_count == 0 ? "" : model, time_limit_min};
  wish.launch.image = "vllm.sif";
  wish.launch.ports = {8'001};
  return wish;
}

inline void request(RuleWorld& world, const std::string& id, std::uint32_t gpu_count = 1,
                    std::uint32_t time_limit_min = 0) {
  ServiceRequested request;
  request.specification = specification_of("vllm-" + id, gpu_count, time_limit_min);
  world.send<Service>(id, Service::Create{std::move(request)});
}

inline void create(RuleWorld& world, const std::string& id, std::uint32_t gpu_count = 1,
                   std::uint32_t time_limit_min = 0) {
  request(world, id, gpu_count, time_limit_min);
  world.run();
}

/// "sg-<first id>" of replicas with one GPU each, whose ids follow each other.
inline void request_group(RuleWorld& world, std::uint32_t first_id, std::uint32_t node_count,
                          std::uint32_t replica_count) {
  ServiceGroupRequested request;
  request.specification = specification_of("vllm");
  request.node_count = node_count;
  request.replica_count = replica_count;
  for (std::uint32_t i = 0; i < node_count * replica_count; ++i)
    request.service_ids.push_back(std::to_string(first_id + i));
  world.send<ServiceGroup>("sg-" + std::to_string(first_id),
                           ServiceGroup::Create{std::move(request)});
}

inline void stop(RuleWorld& world, const std::string& id) {
  world.send<Service>(id, Service::Stop{});
  world.run();
}

/// Nodes with two GPUs each, booted.
inline RuleWorld fleet(std::uint32_t node_count) {
  RuleWorld world;
  world.send<Cluster>(cluster, Cluster::Declare{{"", WhenFull::queue, PlacementStrategy::pack}});
  for (std::uint32_t i = 1; i <= node_count; ++i)
    world.send<Node>("n" + std::to_string(i), Node::Register{{cluster, model, 2, 8, 16'384}});
  world.run();
  return world;
}

inline RuleWorld with_running(std::uint32_t node_count = 1, std::uint32_t gpu_count = 1,
                              std::uint32_t time_limit_min = 0) {
  auto world = fleet(node_count);
  create(world, "17", gpu_count, time_limit_min);
  REQUIRE(std::holds_alternative<Service::Running>(world.state<Service>("17")));
  return world;
}

template <class State>
bool is(const RuleWorld& world, const std::string& id) {
  return std::holds_alternative<State>(world.state<Service>(id));
}

inline ServicePlaced placement_of(const RuleWorld& world, const std::string& id) {
  return std::get<Service::Running>(world.state<Service>(id)).placement;
}

/// How the service ended; nothing where it hasn't.
inline std::optional<ServiceEnded> end_of(const RuleWorld& world, const std::string& id) {
  for (const auto& recorded : world.log())
    if (recorded.stream == "service/" + id)
      if (const auto* ended = std::get_if<ServiceEnded>(&recorded.event)) return *ended;
  return std::nullopt;
}

inline std::string code_of(const RuleWorld& world, const std::string& id) {
  const auto ended = end_of(world, id);
  return ended ? ended->code : "";
}

/// Events in, commands out: every event from `first` on, and what was owed after it.
inline std::string script(const RuleWorld& world, std::size_t first) {
  Placement placement;
  ServiceProcess process;
  std::string text;
  const auto owe = [&](std::vector<OwedCommand> owed) {
    for (const auto& command : owed) text.append("    ").append(command_text(command)).append("\n");
  };
  for (std::size_t i = 0; i < world.log().size(); ++i) {
    const auto& recorded = world.log()[i];
    if (i == first) placement.resume(), process.resume();
    placement.apply(recorded), process.apply(recorded);
    if (i < first) continue;
    text.append(recorded.stream).append(" ").append(name_of(recorded.event)).append("\n");
    owe(placement.due()), owe(process.due());
  }
  return text;
}

/// Who has a GPU runs, who is alive runs or waits in a queue, and nothing is owed or remembered
/// that needn't be.
inline void check_at_rest(const RuleWorld& world) {
  INFO(world.story());
  std::size_t held = 0, gpus_running = 0, alive = 0;
  for (const auto& [id, gpu] : world.all<Gpu>())
    held += std::get<Gpu::Registered>(gpu).lease_id.empty() ? 0 : 1;
  for (const auto& [id, service] : world.all<Service>()) {
    if (const auto* running = std::get_if<Service::Running>(&service))
      gpus_running += running->placement.gpu_indices.size();
    alive += std::holds_alternative<Service::Running>(service) ||
             std::holds_alternative<Service::Pending>(service);
    CHECK_FALSE(std::holds_alternative<Service::Placed>(service));
    CHECK_FALSE(std::holds_alternative<Service::Stopping>(service));
  }
  CHECK(held == gpus_running);
  CHECK(world.service_process().service_count() == alive);
  for (const auto& [id, lease] : world.all<Lease>())
    if (const auto* waiting = std::get_if<Lease::Waiting>(&lease)) CHECK(waiting->queued);
  const auto size = world.log().size();
  CHECK(command_text(world.owed_by<Placement>(size, size)).empty());
  CHECK(command_text(world.owed_by<ServiceProcess>(size, size)).empty());
}

inline void crash_everywhere(const RuleWorld& world) {
  orrery::crash_everywhere<ServiceProcess>(world, check_at_rest);
}

inline void check_scenario(const std::string& name, const RuleWorld& world, std::size_t first) {
  check_golden("scenarios/" + name + ".txt", script(world, first));
  check_at_rest(world);
  crash_everywhere(world);
}

}  // namespace orrery::services
