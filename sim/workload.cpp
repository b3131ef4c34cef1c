#include "sim/workload.hpp"

#include <utility>

#include "events/default_network.hpp"
#include "events/folds/simulated_nodes.hpp"

namespace orrery {
namespace {

constexpr auto gpu_model = "A40-48GB";
constexpr auto reservation = "reservation-1";
constexpr std::size_t disk_count = 3;

std::string disk_id(std::size_t index) { return "disk-" + std::to_string(index); }

std::string type_of(std::uint32_t gpu_count) {
  return "a40-48gb." + std::to_string(gpu_count) + "x";
}

AddressedCommand start(std::string operation_id, std::string vm_id, OperationGoal goal) {
  return To<Operation>{std::move(operation_id),
                       Operation::Start{{"project-1", std::move(vm_id), std::move(goal), {}}}};
}

}  // namespace

Workload::Workload(SeededRandom& random) {
  const auto cluster_count = random.between(1, 2);
  for (std::size_t i = 0; i < cluster_count; ++i) {
    const auto name = "cluster-" + std::to_string(i);
    cluster_names_.push_back(name);
    const auto when_full = random.chance(500) ? WhenFull::queue : WhenFull::refuse;
    const auto strategy = random.chance(500) ? PlacementStrategy::pack : PlacementStrategy::spread;
    places_.push_back({name, when_full});
    has_queues_ = has_queues_ || when_full == WhenFull::queue;
    clusters_.push_back(To<Cluster>{name, Cluster::Declare{{name, when_full, strategy}}});
    // So few that they run out now and then.
    const auto pool =
        "198.18." + std::to_string(i) + ".0/" + std::to_string(random.between(28, 30));
    clusters_.push_back(To<AddressPool>{name, AddressPool::Declare{{name, pool}}});
    const auto node_count = random.between(1, 4);
    for (std::size_t node = 0; node < node_count; ++node) {
      FleetNode fleet_node{name + "-node-" + std::to_string(node),
                           static_cast<std::uint32_t>(random.between(1, 8))};
      NodeRegistered registration{name, gpu_model, fleet_node.gpu_count};
      if (random.chance(400)) {
        registration.cpu_count = static_cast<std::uint32_t>(random.between(8, 32));
        registration.memory_mib = static_cast<std::uint32_t>(random.between(8, 64)) * 1'024;
      }
      registrations_.push_back(To<Node>{fleet_node.id, Node::Register{registration}});
      nodes_.push_back(std::move(fleet_node));
    }
  }
  add_simulated_cluster();
}

/// Two machines more, in the first cluster, which come of themselves once they are asked for.
void Workload::add_simulated_cluster() {
  const SimulatedClusterRequested machines{gpu_model, 2, 2, 16, 32'768, 1};
  const auto& name = cluster_names_.front();
  registrations_.push_back(To<SimulatedCluster>{name, SimulatedCluster::Request{machines}});
  for (std::uint32_t number = 1; number <= machines.node_count; ++number)
    nodes_.push_back({simulated_node_id(name, number), machines.gpus_per_node});
}

std::vector<AddressedCommand> Workload::fleet() const {
  auto commands = clusters_;
  commands.insert(commands.end(), registrations_.begin(), registrations_.end());
  commands.push_back(To<Project>{"project-1", Project::Create{{"organization-1", "project"}}});
  for (std::size_t i = 0; i < disk_count; ++i) {
    const auto type = i == 0 ? DiskType::shared_volume : DiskType::persistent_ssd;
    DiskSpecification disk{"project-1", disk_id(i), type, 100, cluster_names_.front(), 512};
    commands.push_back(To<Disk>{disk_id(i), Disk::Create{{std::move(disk), "serial"}}});
  }
  commands.push_back(To<Reservation>{
      reservation,
      Reservation::Declare{{"organization-1", type_of(1), cluster_names_.front(), 2, 0, 1, 0}}});
  return commands;
}

std::vector<std::string> Workload::node_ids_of(const std::string& cluster) const {
  std::vector<std::string> ids;
  for (const auto& node : nodes_)
    if (node.id.starts_with(cluster + "-")) ids.push_back(node.id);
  return ids;
}

AddressedCommand Workload::create_vm(SeededRandom& random) {
  const auto id = vm_id(vm_count_++);
  VmSpecification specification;
  specification.project_id = "project-1";
  specification.name = id;
  specification.cluster = specification.location =
      cluster_names_[random.below(cluster_names_.size())];
  specification.image = "ubuntu";
  specification.gpu_model = gpu_model;
  specification.gpu_count = static_cast<std::uint32_t>(random.chance(50)    ? 9
                                                       : random.chance(700) ? random.between(1, 2)
                                                                            : random.between(1, 8));
  specification.type = type_of(specification.gpu_count);
  specification.public_address = random.chance(600)   ? PublicAddress::dynamic
                                 : random.chance(500) ? PublicAddress::fixed
                                                      : PublicAddress::none;
  if (random.chance(200))
    specification.disks = {{disk_id(random.below(disk_count)), DiskMode::read_write}};
  if (random.chance(100)) specification.reservation_id = reservation;
  return start("create-" + id, id, CreateVm{std::move(specification), {}});
}

AddressedCommand Workload::delete_vm(SeededRandom& random) {
  return delete_vm(vm_count_ == 0 ? 0 : random.below(vm_count_));
}

AddressedCommand Workload::delete_vm(std::size_t vm_index) {
  return start("delete-" + std::to_string(deletion_count_++), vm_id(vm_index), DeleteVm{});
}

AddressedCommand Workload::change_vm(SeededRandom& random) {
  const auto vm = vm_id(vm_count_ == 0 ? 0 : random.below(vm_count_));
  return start("change-" + std::to_string(change_count_++), vm, draw_change(random));
}

OperationGoal Workload::draw_change(SeededRandom& random) const {
  const auto any_disk = [&] { return disk_id(random.below(disk_count)); };
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
      return PowerOffVm{};
    case 3:
    case 4:
    case 5:
      return PowerOnVm{};
    case 6:
      return ResetVm{};
    case 7: {
      const auto gpu_count = static_cast<std::uint32_t>(random.between(1, 4));
      return ResizeVm{type_of(gpu_count), gpu_model, gpu_count};
    }
    case 8: {
      const auto& location = cluster_names_[random.below(cluster_names_.size())];
      return ChangeVmNetwork{default_network("project-1", location).subnet_id,
                             random.chance(500) ? PublicAddress::none : PublicAddress::fixed};
    }
    case 9: {
      const auto mode = random.chance(500) ? DiskMode::read_only : DiskMode::read_write;
      return AttachDisks{{{any_disk(), mode}, {any_disk(), mode}}};
    }
    case 10:
      return DetachDisks{{any_disk()}};
    default:
      if (random.chance(500)) return ReserveVm{reservation};
      return UnreserveVm{};
  }
}

AddressedCommand Workload::cordon_or_uncordon(SeededRandom& random) const {
  const auto& node = nodes_[random.below(nodes_.size())];
  if (random.chance(400)) return To<Node>{node.id, Node::Cordon{"maintenance"}};
  return To<Node>{node.id, Node::Uncordon{{}, random.chance(200)}};
}

/// Each thing breaks some times an hour; times go by fast here.
AddressedCommand Workload::set_faults(SeededRandom& random) const {
  constexpr std::uint32_t once_an_hour = 1'000'000;
  const auto rate = [&] { return static_cast<std::uint32_t>(random.below(6)) * once_an_hour; };
  SimulatedFaultsSet faults;
  faults.rates = {rate(), rate(), rate(), rate(), static_cast<std::uint32_t>(random.below(500))};
  const auto& node = simulated_node_id(cluster_names_.front(), 1);
  faults.script = {{random.between(1, 60'000), FaultKind::xid, node, 1, 79, 0},
                   {random.between(1, 60'000), FaultKind::partition, node, 0, 0, 90'000}};
  return To<SimulatedCluster>{cluster_names_.front(), SimulatedCluster::SetFaults{faults}};
}

AddressedCommand Workload::end_faults() const {
  return To<SimulatedCluster>{cluster_names_.front(), SimulatedCluster::SetFaults{}};
}

}  // namespace orrery
