#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/runtime/command.hpp"
#include "drivers/driver.hpp"

namespace orrery {

/// What runs on a machine of the simulation: a virtual machine or a container instance. Both start,
/// run and stop alike; they differ in what is reported of them.
enum class GuestKind : std::uint8_t { vm, instance };

/// A start of either, as the fleet sees it.
struct GuestStart {
  GuestKind kind = GuestKind::vm;
  std::string id;
  std::string node_id;
  std::vector<std::uint32_t> gpu_indices;
  std::uint64_t fence = 0;
  /// Of a VM: its addresses. Of an instance the driver gives them, when it runs.
  std::string private_ipv4;
  std::string public_ipv4;
  Origin origin;

  static GuestStart of(const StartVm& start);
  static GuestStart of(const StartInstance& start);
};

/// A stop of either.
struct GuestStop {
  GuestKind kind = GuestKind::vm;
  std::string id;
  std::string node_id;
  std::uint64_t fence = 0;
  /// What is left to its processes at most; none for as long as they take.
  std::optional<std::chrono::seconds> grace_period;
  std::optional<SnapshotWish> snapshot;
  Origin origin;

  static GuestStop of(const StopVm& stop);
  static GuestStop of(const StopInstance& stop);
};

/// A command from the simulated driver.
template <class A>
OwedCommand simulated_report(std::string id, typename A::Command command, Origin origin) {
  origin.actor = "driver/simulated";
  return {To<A>{std::move(id), std::move(command)}, std::move(origin)};
}

/// The words of the driver about a guest. What an instance gets by chance (addresses, the size of a
/// snapshot) is a function of the seed and what it is given to.
OwedCommand started_report(const GuestStart& start, const Origin& origin, std::uint64_t seed);
OwedCommand failed_report(const GuestStart& start, const Origin& origin, std::string code,
                          std::string message);
OwedCommand stopped_report(GuestKind kind, const std::string& id, std::uint64_t fence,
                           const Origin& origin);
OwedCommand snapshot_report(const std::string& id, const SnapshotWish& wish, std::uint64_t fence,
                            const Origin& origin, std::uint64_t seed);

}  // namespace orrery
