#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "events/envelope.hpp"
#include "events/stream_name.hpp"

namespace orrery {

/// What a fleet under load writes: nodes join, then VMs of two GPUs come and go, each through all
/// the events that rules, placement and processes make of it, a few dozen VMs at a time. Once the
/// fleet is full, every VM that comes takes the place of the oldest one. The same numbers make the
/// same events.
class FleetHistory {
 public:
  /// Takes one event of a stream; its version is counted there.
  using Sink = std::function<void(const std::string& stream, Version version, Event event)>;

  FleetHistory(std::uint64_t node_count, Sink sink, std::string cluster = "us-east1-a")
      : node_count_(node_count), sink_(std::move(sink)), cluster_(std::move(cluster)) {}

  void begin() {
    happened("cluster", cluster_, 1, ClusterDeclared{cluster_, WhenFull::refuse, {}});
    for (std::uint64_t p = 0; p < project_count; ++p)
      happened("project", uuid(p, 'p'), 1, ProjectCreated{uuid(0, 'o'), "project"});
    for (std::uint64_t n = 0; n < node_count_; ++n) {
      happened("node", node(n), 1, NodeRegistered{cluster_, "L40S-48GB", 8});
      for (std::uint32_t i = 0; i < 8; ++i)
        happened("gpu", gpu(n, i), 1, GpuRegistered{node(n), i, "L40S-48GB"});
      happened("node", node(n), 2, NodeBecameReady{});
    }
  }

  /// The lives of `block_size` more VMs, their events interleaved as they would be.
  void live() {
    const auto first = vm_count_;
    vm_count_ += block_size;
    if (first >= slot_count())
      for (int step = 0; step < 7; ++step)
        for (auto vm = first - slot_count(); vm < vm_count_ - slot_count(); ++vm) leave(vm, step);
    for (int step = 0; step < 9; ++step)
      for (auto vm = first; vm < vm_count_; ++vm) come(vm, step);
  }

  std::uint64_t vm_count() const { return vm_count_; }

  static std::string project(std::uint64_t vm) { return uuid(vm % project_count, 'p'); }
  static std::string vm_id(std::uint64_t vm) { return uuid(vm, 'a'); }
  static std::string create_id(std::uint64_t vm) { return uuid(vm, 'c'); }

 private:
  static constexpr std::uint64_t project_count = 100;
  static constexpr std::uint64_t block_size = 32;

  std::uint64_t slot_count() const { return node_count_ * 4 / block_size * block_size; }

  static std::string uuid(std::uint64_t number, char kind) {
    const auto mixed = (number + 1) * 0x9E3779B97F4A7C15u;
    return fmt::format("{:08x}-{:04x}-4000-8000-{:011x}{}", mixed >> 32, mixed >> 16 & 0xFFFF,
                       number, kind);
  }
  std::string node(std::uint64_t n) const { return fmt::format("{}-node-{:05}", cluster_, n); }
  std::string gpu(std::uint64_t n, std::uint32_t index) const {
    return fmt::format("{}:{}", node(n), index);
  }

  struct Place {
    std::string node_id;
    std::uint64_t node_number;
    std::uint32_t gpu_index;
  };
  Place place_of(std::uint64_t vm) const {
    const auto slot = vm % slot_count();
    return {node(slot / 4), slot / 4, static_cast<std::uint32_t>(slot % 4 * 2)};
  }

  CreateVm order(std::uint64_t vm) const {
    CreateVm create;
    create.specification = {project(vm),
                            fmt::format("worker-{}", vm),
                            "l40s-48gb.2x",
                            cluster_,
                            "ubuntu22.04-nvidia-slurm",
                            cluster_,
                            "L40S-48GB",
                            2,
                            {"account", std::string(160, 's')}};
    create.identity = {uuid(vm, 'd'), fmt::format("{:020X}", vm), uuid(vm, 'e'),
                       "02:00:00:00:00:01", uuid(vm, 'f')};
    return create;
  }

  void come(std::uint64_t vm, int step) {
    const auto id = vm_id(vm);
    const auto lease = id + ".1";
    const auto place = place_of(vm);
    const auto gpus = std::vector<std::uint32_t>{place.gpu_index, place.gpu_index + 1};
    const auto claim_version = vm / slot_count() * 2 + 2;
    switch (step) {
      case 0:
        return happened("operation", create_id(vm), 1,
                        OperationStarted{project(vm), id, order(vm)});
      case 1:
        return happened("vm", id, 1, VmRequested{order(vm).specification, order(vm).identity});
      case 2:
        return happened("lease", lease, 1,
                        LeaseRequested{"vm/" + id, cluster_, "L40S-48GB", 2, WhenFull::refuse});
      case 3:
      case 4:
        return happened("gpu", gpu(place.node_number, gpus[static_cast<std::size_t>(step - 3)]),
                        claim_version, GpuClaimed{lease, vm});
      case 5:
        return happened("lease", lease, 2, LeaseGranted{place.node_id, gpus, vm});
      case 6:
        return happened("vm", id, 2, VmPlaced{lease, place.node_id, gpus, vm});
      case 7:
        return happened("vm", id, 3, VmStarted{"10.12.34.56", "203.0.113.199"});
      default:
        return happened("operation", create_id(vm), 2, OperationSucceeded{});
    }
  }

  void leave(std::uint64_t vm, int step) {
    const auto id = vm_id(vm);
    const auto lease = id + ".1";
    const auto place = place_of(vm);
    const auto release_version = vm / slot_count() * 2 + 3;
    switch (step) {
      case 0:
        return happened("operation", uuid(vm, 'b'), 1,
                        OperationStarted{project(vm), id, DeleteVm{}});
      case 1:
        return happened("vm", id, 4, VmDeletionRequested{});
      case 2:
        return happened("vm", id, 5, VmDeleted{});
      case 3:
        return happened("lease", lease, 3, LeaseReleased{});
      case 4:
      case 5:
        return happened(
            "gpu", gpu(place.node_number, place.gpu_index + static_cast<std::uint32_t>(step - 4)),
            release_version, GpuReleased{lease});
      default:
        return happened("operation", uuid(vm, 'b'), 2, OperationSucceeded{});
    }
  }

  void happened(std::string_view aggregate, std::string_view id, Version version, Event event) {
    sink_(stream_name(aggregate, id), version, std::move(event));
  }

  std::uint64_t node_count_;
  Sink sink_;
  std::string cluster_;
  std::uint64_t vm_count_ = 0;
};

}  // namespace orrery
