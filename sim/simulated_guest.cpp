#include "sim/simulated_guest.hpp"

#include <utility>

#include "sim/step_delay.hpp"

namespace orrery {
namespace {

/// In 172.16.0.0/12, where pods live; another one at every start.
std::string pod_ip(const GuestStart& start, std::uint64_t seed) {
  const auto drawn = drawn_number(seed, start.id + "." + std::to_string(start.fence), "ip");
  return "172." + std::to_string(16 + drawn % 16) + "." + std::to_string(drawn / 16 % 256) + "." +
         std::to_string(1 + drawn / 4'096 % 254);
}

/// Among the ports that a cluster's nodes listen on; the same at every start.
std::uint16_t ssh_port(const std::string& id, std::uint64_t seed) {
  constexpr std::uint64_t first = 30'000, count = 2'768;
  return static_cast<std::uint16_t>(first + drawn_number(seed, id, "ssh") % count);
}

}  // namespace

GuestStart GuestStart::of(const StartVm& start) {
  return {GuestKind::vm, start.vm_id,        start.node_id,     start.gpu_indices,
          start.fence,   start.private_ipv4, start.public_ipv4, start.origin};
}

GuestStart GuestStart::of(const StartInstance& start) {
  return {
      GuestKind::instance, start.instance_id, start.node_id, start.gpu_indices, start.fence, {}, {},
      start.origin};
}

GuestStop GuestStop::of(const StopVm& stop) {
  return {GuestKind::vm, stop.vm_id, stop.node_id, stop.fence, {}, {}, stop.origin};
}

GuestStop GuestStop::of(const StopInstance& stop) {
  return {GuestKind::instance,
          stop.instance_id,
          stop.node_id,
          stop.fence,
          std::chrono::seconds(stop.grace_period_s),
          stop.snapshot,
          stop.origin};
}

OwedCommand started_report(const GuestStart& start, const Origin& origin, std::uint64_t seed) {
  if (start.kind == GuestKind::vm)
    return simulated_report<Vm>(
        start.id, Vm::ReportStarted{start.private_ipv4, start.public_ipv4, start.fence}, origin);
  return simulated_report<Instance>(
      start.id,
      Instance::ReportStarted{{pod_ip(start, seed), ssh_port(start.id, seed)}, start.fence},
      origin);
}

OwedCommand failed_report(const GuestStart& start, const Origin& origin, std::string code,
                          std::string message) {
  if (start.kind == GuestKind::vm)
    return simulated_report<Vm>(
        start.id, Vm::ReportFailed{std::move(code), std::move(message), start.fence}, origin);
  return simulated_report<Instance>(
      start.id, Instance::ReportFailed{std::move(code), std::move(message), start.fence}, origin);
}

OwedCommand stopped_report(GuestKind kind, const std::string& id, std::uint64_t fence,
                           const Origin& origin) {
  if (kind == GuestKind::vm) return simulated_report<Vm>(id, Vm::ReportStopped{fence}, origin);
  return simulated_report<Instance>(id, Instance::ReportStopped{fence}, origin);
}

OwedCommand snapshot_report(const std::string& id, const SnapshotWish& wish, std::uint64_t fence,
                            const Origin& origin, std::uint64_t seed) {
  constexpr std::uint64_t least = 2'000'000'000, spread = 10'000'000'000;
  const auto size = least + drawn_number(seed, id + wish.image, "snapshot") % spread;
  return simulated_report<Instance>(id, Instance::ReportSnapshot{{wish, size}, fence}, origin);
}

}  // namespace orrery
