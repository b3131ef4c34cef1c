#include "sim/workload.hpp"

#include <utility>

namespace orrery {
namespace {

constexpr auto gpu_model = "A40-48GB";

AddressedCommand start(std::string operation_id, std::string vm_id, OperationGoal goal) {
  return To<Operation>{std::move(operation_id),
                       Operation::Start{{"project-1", std::move(vm_id), std::move(goal)}}};
}

}  // namespace

Workload::Workload(SeededRandom& random) {
  const auto cluster_count = random.between(1, 2);
  for (std::size_t i = 0; i < cluster_count; ++i) {
    const auto name = "cluster-" + std::to_string(i);
    cluster_names_.push_back(name);
    const auto when_full = random.chance(500) ? WhenFull::queue : WhenFull::refuse;
    const auto strategy = random.chance(500) ? PlacementStrategy::pack : PlacementStrategy::spread;
    has_queues_ = has_queues_ || when_full == WhenFull::queue;
    clusters_.push_back(To<Cluster>{name, Cluster::Declare{{name, when_full, strategy}}});
    const auto node_count = random.between(1, 4);
    for (std::size_t node = 0; node < node_count; ++node) {
      FleetNode fleet_node{name + "-node-" + std::to_string(node),
                           static_cast<std::uint32_t>(random.between(1, 8))};
      registrations_.push_back(
          To<Node>{fleet_node.id, Node::Register{{name, gpu_model, fleet_node.gpu_count}}});
      nodes_.push_back(std::move(fleet_node));
    }
  }
}

std::vector<AddressedCommand> Workload::fleet() const {
  auto commands = clusters_;
  commands.insert(commands.end(), registrations_.begin(), registrations_.end());
  return commands;
}

AddressedCommand Workload::create_vm(SeededRandom& random) {
  const auto id = vm_id(vm_count_++);
  VmSpecification specification;
  specification.project_id = "project-1";
  specification.name = id;
  specification.type = "a40-48gb";
  specification.cluster = specification.location =
      cluster_names_[random.below(cluster_names_.size())];
  specification.image = "ubuntu";
  specification.gpu_model = gpu_model;
  specification.gpu_count = static_cast<std::uint32_t>(random.chance(50)    ? 9
                                                       : random.chance(700) ? random.between(1, 2)
                                                                            : random.between(1, 8));
  return start("create-" + id, id, CreateVm{std::move(specification), {}});
}

AddressedCommand Workload::delete_vm(SeededRandom& random) {
  return delete_vm(vm_count_ == 0 ? 0 : random.below(vm_count_));
}

AddressedCommand Workload::delete_vm(std::size_t vm_index) {
  return start("delete-" + std::to_string(deletion_count_++), vm_id(vm_index), DeleteVm{});
}

AddressedCommand Workload::cordon_or_uncordon(SeededRandom& random) const {
  const auto& node = nodes_[random.below(nodes_.size())];
  if (random.chance(400)) return To<Node>{node.id, Node::Cordon{"maintenance"}};
  return To<Node>{node.id, Node::Uncordon{}};
}

}  // namespace orrery
