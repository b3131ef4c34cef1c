#pragma once

#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "actors/placement/placement.hpp"
#include "actors/processes/billing_process.hpp"
#include "tests/support/crash_everywhere.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/rule_world.hpp"

/// Instances of one customer "u1", with all rules, placement and the processes.
namespace orrery::instances {

inline constexpr auto* model = "4090";
inline constexpr auto* cluster = "host-cluster";

inline InstanceSpecification specification_of(const std::string& id, std::uint32_t gpu_count = 1) {
  InstanceSpecification wish;
  wish.namespace_id = "u1";
  wish.cluster = cluster;
  wish.display_name = id;
  wish.image = "images.example/pytorch:2";
  wish.sku_id = "66";
  wish.gpu_model = model;
  wish.gpu_count = gpu_count;
  wish.cpu_count = 16;
  wish.memory_gib = 96;
  wish.system_disk_gb = 30;
  wish.uid = "uid-" + id;
  wish.volumes = {{"volume-" + id, "/root/data", 50, true}};
  return wish;
}

/// Three days for 300 fen.
inline OrderPlaced order_of(const std::string& id, InstanceSpecification wish) {
  OrderPlaced order;
  order.order_id = "order-" + id;
  order.instance_id = id;
  order.specification = std::move(wish);
  order.terms = {SellingType::daily, 100, {}};
  order.period_count = 3;
  return order;
}

inline void order(RuleWorld& world, const std::string& id, InstanceSpecification wish) {
  world.send<Wallet>("u1", Wallet::PlaceOrder{order_of(id, std::move(wish)), 0});
}

inline void create(RuleWorld& world, const std::string& id, std::uint32_t gpu_count = 1) {
  order(world, id, specification_of(id, gpu_count));
  world.run();
}

inline Instance::Stop stop(std::optional<SnapshotWish> snapshot = std::nullopt) {
  return {{InstanceEndReason::customer, 10, std::move(snapshot)}};
}

inline void switch_off(RuleWorld& world, const std::string& id) {
  world.send<Instance>(id, stop());
  world.run();
}

inline void switch_on(RuleWorld& world, const std::string& id) {
  world.send<Instance>(id, Instance::Start{});
  world.run();
}

inline void remove(RuleWorld& world, const std::string& id) {
  world.send<Instance>(id, Instance::Delete{});
  world.run();
}

/// A cluster of nodes with two GPUs each, booted, and a customer with 10 CNY.
inline RuleWorld fleet(std::uint32_t node_count, WhenFull when_full = WhenFull::refuse) {
  RuleWorld world;
  world.send<Cluster>(cluster, Cluster::Declare{{"", when_full, PlacementStrategy::pack}});
  world.send<Wallet>("u1", Wallet::Open{{"a1"}});
  world.send<Wallet>("u1", Wallet::TopUp{{"t1", 1'000}});
  for (std::uint32_t i = 1; i <= node_count; ++i)
    world.send<Node>("n" + std::to_string(i), Node::Register{{cluster, model, 2}});
  world.run();
  return world;
}

inline RuleWorld with_running(std::uint32_t node_count = 1, std::uint32_t gpu_count = 1) {
  auto world = fleet(node_count);
  create(world, "i1", gpu_count);
  REQUIRE(std::holds_alternative<Instance::Running>(world.state<Instance>("i1")));
  return world;
}

template <class State>
bool is(const RuleWorld& world, const std::string& id) {
  return std::holds_alternative<State>(world.state<Instance>(id));
}

inline InstancePlaced placement_of(const RuleWorld& world, const std::string& id) {
  return std::get<Instance::Running>(world.state<Instance>(id)).placement;
}

inline std::int64_t balance_of(const RuleWorld& world) {
  return std::get<Wallet::Opened>(world.state<Wallet>("u1")).balance_fen;
}

/// Events in, commands out: every event from `first` on, and what was owed after it.
inline std::string script(const RuleWorld& world, std::size_t first) {
  Placement placement;
  InstanceProcess process;
  BillingProcess billing;
  std::string text;
  const auto owe = [&](std::vector<OwedCommand> owed) {
    for (const auto& command : owed) text.append("    ").append(command_text(command)).append("\n");
  };
  for (std::size_t i = 0; i < world.log().size(); ++i) {
    const auto& recorded = world.log()[i];
    if (i == first) placement.resume(), process.resume(), billing.resume();
    placement.apply(recorded), process.apply(recorded), billing.apply(recorded);
    if (i < first) continue;
    text.append(recorded.stream).append(" ").append(name_of(recorded.event)).append("\n");
    owe(placement.due()), owe(process.due()), owe(billing.due());
  }
  return text;
}

/// Who holds a GPU runs, who has a volume is not gone, what never ran left nothing and cost
/// nothing, and nothing is owed or remembered that needn't be.
inline void check_at_rest(const RuleWorld& world) {
  INFO(world.story());
  std::size_t held = 0, gpus_running = 0, alive = 0;
  for (const auto& [id, gpu] : world.all<Gpu>())
    held += std::get<Gpu::Registered>(gpu).lease_id.empty() ? 0 : 1;
  for (const auto& [id, instance] : world.all<Instance>()) {
    if (const auto* running = std::get_if<Instance::Running>(&instance))
      gpus_running += running->placement.gpu_indices.size();
    alive += !std::holds_alternative<Instance::Absent>(instance) &&
             !std::holds_alternative<Instance::Deleted>(instance);
    CHECK_FALSE(std::holds_alternative<Instance::Placed>(instance));
    CHECK_FALSE(std::holds_alternative<Instance::Stopping>(instance));
    CHECK_FALSE(std::holds_alternative<Instance::Deleting>(instance));
  }
  CHECK(held == gpus_running);
  CHECK(world.instance_process().instance_count() == alive);
  for (const auto& [id, lease] : world.all<Lease>())
    if (const auto* waiting = std::get_if<Lease::Waiting>(&lease)) CHECK(waiting->queued);
  for (const auto& [volume_id, volume] : world.all<Volume>()) {
    const auto* kept = std::get_if<Volume::Kept>(&volume);
    if (kept == nullptr) continue;
    for (const auto& id : kept->instances) {
      INFO(volume_id << " is mounted by " << id);
      CHECK_FALSE(is<Instance::Absent>(world, id));
      CHECK_FALSE(is<Instance::Failed>(world, id));
      CHECK_FALSE(is<Instance::Deleted>(world, id));
    }
  }
  const auto size = world.log().size();
  CHECK(command_text(world.owed_by<Placement>(size, size)).empty());
  CHECK(command_text(world.owed_by<InstanceProcess>(size, size)).empty());
  CHECK(command_text(world.owed_by<BillingProcess>(size, size)).empty());
}

inline void crash_everywhere(const RuleWorld& world) {
  orrery::crash_everywhere<InstanceProcess>(world, check_at_rest);
}

inline void check_scenario(const std::string& name, const RuleWorld& world, std::size_t first) {
  check_golden("scenarios/" + name + ".txt", script(world, first));
  check_at_rest(world);
  crash_everywhere(world);
}

}  // namespace orrery::instances
