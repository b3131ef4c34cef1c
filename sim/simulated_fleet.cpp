#include "sim/simulated_fleet.hpp"

#include <algorithm>
#include <iterator>

#include "actors/gpu/gpu.hpp"

namespace orrery {
namespace {

template <class A>
OwedCommand report(std::string id, typename A::Command command, Origin origin) {
  origin.actor = "driver/simulated";
  return {To<A>{std::move(id), std::move(command)}, std::move(origin)};
}

}  // namespace

SimulatedFleet::SimulatedFleet(SimulatedDriverConfiguration configuration)
    : configuration_(configuration) {}

FleetEffects SimulatedFleet::boot(const BootNode& boot) {
  FleetEffects effects;
  auto& machine = machines_[boot.node_id];
  machine.origin = boot.origin;
  if (machine.phase == Machine::Phase::down) begin_boot(boot.node_id, machine, effects);
  if (machine.phase == Machine::Phase::up)
    effects.reports.push_back(report<Node>(boot.node_id, Node::ReportReady{}, boot.origin));
  return effects;
}

FleetEffects SimulatedFleet::start(const StartVm& start) {
  FleetEffects effects;
  const auto machine = machines_.find(start.node_id);
  if (machine != machines_.end() && machine->second.phase == Machine::Phase::dead) return effects;
  if (is_stale(start) || guests_.count(start.vm_id) != 0) return effects;
  for (const auto index : start.gpu_indices) fences_[{start.node_id, index}] = start.fence;
  if (const auto failure = failures_.find(start.vm_id); failure != failures_.end()) {
    effects.reports.push_back(
        report<Vm>(start.vm_id, Vm::ReportFailed{failure->second.code, failure->second.message},
                   start.origin));
    failures_.erase(failure);
    return effects;
  }
  auto& guest = guests_[start.vm_id];
  guest.start = start;
  guest.origin = start.origin;
  guest.step = begin_step(start.vm_id, configuration_.start, "start", effects);
  return effects;
}

FleetEffects SimulatedFleet::stop(const StopVm& stop) {
  FleetEffects effects;
  failures_.erase(stop.vm_id);
  const auto guest = guests_.find(stop.vm_id);
  if (guest == guests_.end()) {
    effects.reports.push_back(report<Vm>(stop.vm_id, Vm::ReportStopped{stop.fence}, stop.origin));
    return effects;
  }
  guest->second.origin = stop.origin;
  if (guest->second.phase == Guest::Phase::stopping) return effects;
  guest->second.phase = Guest::Phase::stopping;
  guest->second.step = begin_step(stop.vm_id, configuration_.stop, "stop", effects);
  return effects;
}

FleetEffects SimulatedFleet::step_over(const std::string& id, std::uint64_t number) {
  if (const auto machine = machines_.find(id);
      machine != machines_.end() && machine->second.step == number)
    return machine_step_over(id, machine->second);
  if (const auto guest = guests_.find(id); guest != guests_.end() && guest->second.step == number)
    return guest_step_over(id, guest->second);
  return {};
}

FleetEffects SimulatedFleet::finish_step(const std::string& id) {
  if (const auto machine = machines_.find(id); machine != machines_.end())
    return machine_step_over(id, machine->second);
  if (const auto guest = guests_.find(id); guest != guests_.end())
    return guest_step_over(id, guest->second);
  return {};
}

FleetEffects SimulatedFleet::fail_start(const std::string& vm_id, std::string code,
                                        std::string message) {
  const auto guest = guests_.find(vm_id);
  if (guest == guests_.end()) {
    failures_[vm_id] = {std::move(code), std::move(message)};
    return {};
  }
  if (guest->second.phase != Guest::Phase::starting) return {};
  FleetEffects effects;
  effects.reports.push_back(report<Vm>(vm_id, Vm::ReportFailed{std::move(code), std::move(message)},
                                       guest->second.origin));
  guests_.erase(guest);
  return effects;
}

FleetEffects SimulatedFleet::lose(const std::string& node_id, std::string reason) {
  auto& machine = machines_[node_id];
  machine.phase = Machine::Phase::dead;
  machine.step = 0;
  FleetEffects effects;
  // Who is stopping there has stopped; who is starting or running is the control plane's to fail.
  for (auto guest = guests_.begin(); guest != guests_.end();) {
    if (guest->second.start.node_id != node_id) {
      ++guest;
      continue;
    }
    if (guest->second.phase == Guest::Phase::stopping)
      effects.reports.push_back(report<Vm>(
          guest->first, Vm::ReportStopped{guest->second.start.fence}, guest->second.origin));
    guest = guests_.erase(guest);
  }
  effects.reports.push_back(
      report<Node>(node_id, Node::ReportLost{std::move(reason)}, machine.origin));
  return effects;
}

FleetEffects SimulatedFleet::restore(const std::string& node_id) {
  FleetEffects effects;
  const auto machine = machines_.find(node_id);
  if (machine != machines_.end() && machine->second.phase == Machine::Phase::dead)
    begin_boot(node_id, machine->second, effects);
  return effects;
}

FleetEffects SimulatedFleet::fault(const std::string& node_id, std::uint32_t gpu_index,
                                   std::string reason) {
  return {{report<Gpu>(gpu_id(node_id, gpu_index), Gpu::ReportFault{std::move(reason)}, {})}, {}};
}

FleetEffects SimulatedFleet::repair(const std::string& node_id, std::uint32_t gpu_index) {
  return {{report<Gpu>(gpu_id(node_id, gpu_index), Gpu::ReportRepaired{}, {})}, {}};
}

void SimulatedFleet::begin_boot(const std::string& id, Machine& machine, FleetEffects& effects) {
  machine.phase = Machine::Phase::booting;
  machine.step = begin_step(id, configuration_.boot, "boot", effects);
}

std::uint64_t SimulatedFleet::begin_step(const std::string& id, const StepDelay& delay,
                                         std::string_view name, FleetEffects& effects) {
  const auto number = ++steps_begun_;
  if (delay.kind != StepDelay::Kind::manual) {
    const auto drawn = static_cast<double>(draw(delay, configuration_.seed, id, name).count());
    effects.steps.push_back(
        {id, number,
         std::chrono::microseconds(static_cast<std::int64_t>(drawn / configuration_.time_scale))});
  }
  return number;
}

FleetEffects SimulatedFleet::machine_step_over(const std::string& id, Machine& machine) {
  FleetEffects effects;
  if (machine.phase != Machine::Phase::booting) return effects;
  machine.phase = Machine::Phase::up;
  effects.reports.push_back(report<Node>(id, Node::ReportReady{}, machine.origin));
  return effects;
}

FleetEffects SimulatedFleet::guest_step_over(const std::string& id, Guest& guest) {
  FleetEffects effects;
  if (guest.phase == Guest::Phase::starting) {
    guest.phase = Guest::Phase::running;
    const auto& start = guest.start;
    effects.reports.push_back(report<Vm>(
        id, Vm::ReportStarted{start.private_ipv4, start.public_ipv4, start.fence}, guest.origin));
  } else if (guest.phase == Guest::Phase::stopping) {
    effects.reports.push_back(report<Vm>(id, Vm::ReportStopped{guest.start.fence}, guest.origin));
    guests_.erase(id);
  }
  return effects;
}

bool SimulatedFleet::is_stale(const StartVm& start) const {
  return std::any_of(start.gpu_indices.begin(), start.gpu_indices.end(), [&](std::uint32_t index) {
    const auto seen = fences_.find({start.node_id, index});
    return seen != fences_.end() && seen->second > start.fence;
  });
}

}  // namespace orrery
