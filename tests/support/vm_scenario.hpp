#pragma once

#include <string>
#include <utility>

#include <catch2/catch.hpp>

#include "actors/placement/placement.hpp"
#include "actors/processes/node_process.hpp"
#include "tests/support/crash_everywhere.hpp"
#include "tests/support/golden.hpp"
#include "tests/support/rule_world.hpp"

namespace orrery::scenario {

inline constexpr auto* model = "L40S-48GB";
inline constexpr auto* cluster = "us-east1-a";

inline VmSpecification specification_of(const std::string& vm_id, std::uint32_t gpu_count = 1) {
  VmSpecification specification;
  specification.project_id = "p1";
  specification.name = vm_id;
  specification.type = "l40s-48gb." + std::to_string(gpu_count) + "x";
  specification.location = specification.cluster = cluster;
  specification.image = "ubuntu";
  specification.gpu_model = model;
  specification.gpu_count = gpu_count;
  return specification;
}

inline void start(RuleWorld& world, const std::string& operation, const std::string& vm_id,
                  OperationGoal goal) {
  world.send<Operation>(operation, Operation::Start{{"p1", vm_id, std::move(goal), {}}});
}

inline void create(RuleWorld& world, const std::string& vm_id, std::uint32_t gpu_count = 1) {
  start(world, "create-" + vm_id, vm_id, CreateVm{specification_of(vm_id, gpu_count), {}});
}

inline void remove(RuleWorld& world, const std::string& vm_id) {
  start(world, "delete-" + vm_id, vm_id, DeleteVm{});
}

/// The operation is accepted, and everything that follows happens.
inline void carry_out(RuleWorld& world, const std::string& operation, const std::string& vm_id,
                      OperationGoal goal) {
  start(world, operation, vm_id, std::move(goal));
  world.run();
}

inline void create_disk(RuleWorld& world, const std::string& disk_id) {
  world.send<Disk>(
      disk_id,
      Disk::Create{{{"p1", disk_id, DiskType::persistent_ssd, 100, cluster, 512}, "serial"}});
}

/// A cluster of nodes with two GPUs each, booted, and addresses for what runs there.
inline RuleWorld fleet(std::uint32_t node_count, WhenFull when_full = WhenFull::refuse,
                       const std::string& public_cidr = "198.18.0.0/24") {
  RuleWorld world;
  world.send<Project>("p1", Project::Create{{"o1", "project"}});
  world.send<Cluster>(cluster, Cluster::Declare{{cluster, when_full, PlacementStrategy::pack}});
  world.send<AddressPool>("public", AddressPool::Declare{{cluster, public_cidr}});
  for (std::uint32_t i = 1; i <= node_count; ++i)
    world.send<Node>("n" + std::to_string(i), Node::Register{{cluster, model, 2}});
  world.run();
  return world;
}

/// Events in, commands out: every event from `first` on, and what was owed after it.
inline std::string script(const RuleWorld& world, std::size_t first) {
  NodeProcess nodes;
  Placement placement;
  VmProcess vms;
  std::string text;
  const auto owe = [&](std::vector<OwedCommand> owed) {
    for (const auto& command : owed) text.append("    ").append(command_text(command)).append("\n");
  };
  for (std::size_t i = 0; i < world.log().size(); ++i) {
    const auto& recorded = world.log()[i];
    if (i == first) nodes.resume(), placement.resume(), vms.resume();
    nodes.apply(recorded), placement.apply(recorded), vms.apply(recorded);
    if (i < first) continue;
    text.append(recorded.stream).append(" ").append(name_of(recorded.event)).append("\n");
    owe(nodes.due()), owe(placement.due()), owe(vms.due());
  }
  return text;
}

/// Disks and places in reservations belong to VMs that are alive.
inline void check_holders(const RuleWorld& world) {
  const auto check_alive = [&](const std::string& vm_id) {
    INFO(vm_id);
    const auto vm = world.state<Vm>(vm_id);
    CHECK_FALSE(std::holds_alternative<Vm::Absent>(vm));
    CHECK_FALSE(std::holds_alternative<Vm::Failed>(vm));
    CHECK_FALSE(std::holds_alternative<Vm::Deleted>(vm));
  };
  for (const auto& [id, disk] : world.all<Disk>())
    if (const auto* existing = std::get_if<Disk::Existing>(&disk))
      for (const auto& [vm_id, mode] : existing->attachments) check_alive(vm_id);
  for (const auto& [id, reservation] : world.all<Reservation>())
    if (const auto* open = std::get_if<Reservation::Open>(&reservation))
      for (const auto& vm_id : open->vm_ids) check_alive(vm_id);
}

/// Whatever was begun has ended, or waits in a queue; and nothing is owed or remembered that
/// needn't be.
inline void check_at_rest(const RuleWorld& world) {
  std::size_t queued = 0;
  for (const auto& [id, lease] : world.all<Lease>())
    if (const auto* waiting = std::get_if<Lease::Waiting>(&lease)) queued += waiting->queued;
  std::size_t in_progress = 0;
  for (const auto& [id, operation] : world.all<Operation>())
    in_progress += !Operation::is_terminal(operation);
  CHECK(in_progress == queued);
  std::size_t held = 0, alive = 0;
  for (const auto& [id, gpu] : world.all<Gpu>())
    held += std::get<Gpu::Registered>(gpu).lease_id.empty() ? 0 : 1;
  for (const auto& [id, vm] : world.all<Vm>()) {
    const auto* runs = std::get_if<Vm::Running>(&vm);
    if (runs) held -= runs->placement.gpu_indices.size();
    alive += runs || std::holds_alternative<Vm::Stopped>(vm);
  }
  CHECK(held == 0);
  CHECK(world.vm_process().vm_count() == alive + queued);
  check_holders(world);
  const auto size = world.log().size();
  CHECK(command_text(world.owed_by<NodeProcess>(size, size)).empty());
  CHECK(command_text(world.owed_by<Placement>(size, size)).empty());
  CHECK(command_text(world.owed_by<VmProcess>(size, size)).empty());
}

inline void crash_everywhere(const RuleWorld& world) {
  orrery::crash_everywhere<Placement, VmProcess, NodeProcess>(world, check_at_rest);
}

inline void check_scenario(const std::string& name, const RuleWorld& world, std::size_t first) {
  check_golden("scenarios/" + name + ".txt", script(world, first));
  check_at_rest(world);
  crash_everywhere(world);
}

inline std::string failure_of(const RuleWorld& world, const std::string& operation) {
  const auto& log = world.log();
  for (const auto& recorded : log)
    if (recorded.stream == "operation/" + operation)
      if (const auto* failed = std::get_if<OperationFailed>(&recorded.event)) return failed->code;
  return "";
}

inline bool has_succeeded(const RuleWorld& world, const std::string& operation) {
  return std::holds_alternative<Operation::Succeeded>(world.state<Operation>(operation));
}

}  // namespace orrery::scenario
