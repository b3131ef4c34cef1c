#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/runtime/command.hpp"
#include "sim/instance_workload.hpp"
#include "sim/seeded_random.hpp"

namespace orrery {

/// A node of the simulated fleet.
struct FleetNode {
  std::string id;
  std::uint32_t gpu_count = 0;
};

/// What clients and operators of a small fleet want, drawn by chance. Ids count up: the same seed
/// wants the same.
class Workload {
 public:
  explicit Workload(SeededRandom& random);

  /// The clusters, nodes, public addresses, disks and reservations to begin with.
  std::vector<AddressedCommand> fleet() const;

  /// A VM of random size somewhere; now and then larger than any node.
  AddressedCommand create_vm(SeededRandom& random);
  /// Deletes one of the VMs asked for so far, whatever has become of it; maybe not for the first
  /// time.
  AddressedCommand delete_vm(SeededRandom& random);
  AddressedCommand delete_vm(std::size_t vm_index);
  /// Stops, starts, resets, resizes or moves one of the VMs asked for so far, attaches or detaches
  /// disks, or has it join or leave a reservation.
  AddressedCommand change_vm(SeededRandom& random);
  AddressedCommand cordon_or_uncordon(SeededRandom& random) const;
  /// What the simulated cluster breaks of by itself, from now on.
  AddressedCommand set_faults(SeededRandom& random) const;
  AddressedCommand end_faults() const;

  /// Some cluster lets requests wait for room.
  bool has_queues() const { return has_queues_; }
  std::size_t vm_count() const { return vm_count_; }
  static std::string vm_id(std::size_t index) { return "vm-" + std::to_string(index); }
  const std::vector<FleetNode>& nodes() const { return nodes_; }
  const std::vector<std::string>& cluster_names() const { return cluster_names_; }
  std::vector<std::string> node_ids_of(const std::string& cluster) const;
  /// For the customers of instances.
  const std::vector<InstanceWorkload::Place>& places() const { return places_; }

 private:
  OperationGoal draw_change(SeededRandom& random) const;
  void add_simulated_cluster();

  std::vector<AddressedCommand> clusters_;
  std::vector<AddressedCommand> registrations_;
  std::vector<FleetNode> nodes_;
  std::vector<std::string> cluster_names_;
  std::vector<InstanceWorkload::Place> places_;
  bool has_queues_ = false;
  std::size_t vm_count_ = 0;
  std::size_t deletion_count_ = 0;
  std::size_t change_count_ = 0;
};

}  // namespace orrery
