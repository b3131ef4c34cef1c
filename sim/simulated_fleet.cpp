#include "sim/simulated_fleet.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "actors/gpu/gpu.hpp"

namespace orrery {
SimulatedFleet::SimulatedFleet(SimulatedDriverConfiguration configuration)
    : configuration_(configuration),
      services_(configuration),
      jobs_(configuration),
      workshop_(configuration),
      slow_starts_(configuration) {}

FleetEffects SimulatedFleet::boot(const BootNode& boot) {
  FleetEffects effects;
  auto& machine = machines_[boot.node_id];
  machine.origin = boot.origin;
  if (machine.phase == Machine::Phase::down) begin_boot(boot.node_id, machine, effects);
  if (machine.phase == Machine::Phase::up)
    effects.reports.push_back(
        simulated_report<Node>(boot.node_id, Node::ReportReady{}, boot.origin));
  return effects;
}

FleetEffects SimulatedFleet::launch(const GuestStart& start) {
  FleetEffects effects;
  if (is_dead(start.node_id) || is_stale(start.node_id, start.gpu_indices, start.fence))
    return effects;
  const auto guest = guests_.find(start.id);
  if (guest == guests_.end()) {
    begin_start(start, effects);
  } else if (guest->second.start.fence < start.fence) {
    guest->second.next = start;
    begin_stop(start.id, guest->second, {}, effects);
  }
  return effects;
}

void SimulatedFleet::begin_start(const GuestStart& start, FleetEffects& effects) {
  note_fence(start.node_id, start.gpu_indices, start.fence);
  if (const auto failure = failures_.find(start.id); failure != failures_.end()) {
    effects.reports.push_back(
        failed_report(start, start.origin, failure->second.code, failure->second.message));
    failures_.erase(failure);
    return;
  }
  auto& guest = guests_[start.id];
  guest.start = start;
  guest.origin = start.origin;
  FleetEffects begun;
  guest.step = begin_step(start.id, configuration_.start, "start", begun);
  slow_starts_.apply(start.node_id, start.fence, begun);
  std::ranges::move(begun.steps, std::back_inserter(effects.steps));
}

FleetEffects SimulatedFleet::reboot(const RebootVm& reboot) {
  FleetEffects effects;
  if (is_dead(reboot.node_id)) return effects;
  auto [found, unknown] = guests_.try_emplace(reboot.vm_id);
  auto& guest = found->second;
  if (unknown) {  // It ran before the driver's own memory began.
    guest.phase = Guest::Phase::running;
    guest.start.id = reboot.vm_id;
    guest.start.node_id = reboot.node_id;
    guest.start.fence = reboot.fence;
  }
  if (guest.phase != Guest::Phase::running || guest.start.fence != reboot.fence) return effects;
  if (guest.reset_number >= reboot.number) {
    effects.reports.push_back(
        simulated_report<Vm>(reboot.vm_id, Vm::ReportReset{guest.reset_number}, reboot.origin));
    return effects;
  }
  guest.phase = Guest::Phase::rebooting;
  guest.reset_number = reboot.number;
  guest.origin = reboot.origin;
  guest.step = begin_step(reboot.vm_id, configuration_.reboot, "reboot", effects);
  return effects;
}

FleetEffects SimulatedFleet::end(const GuestStop& stop) {
  FleetEffects effects;
  failures_.erase(stop.id);
  const auto found = guests_.find(stop.id);
  // It may have been started again since: that is another stop's business.
  if (found == guests_.end() || found->second.start.fence > stop.fence) {
    // One that ran before the driver's own memory began is saved all the same.
    if (stop.snapshot && found == guests_.end() && !is_dead(stop.node_id))
      effects.reports.push_back(
          snapshot_report(stop.id, *stop.snapshot, stop.fence, stop.origin, configuration_.seed));
    effects.reports.push_back(stopped_report(stop.kind, stop.id, stop.fence, stop.origin));
    return effects;
  }
  auto& guest = found->second;
  guest.origin = stop.origin;
  guest.snapshot = stop.snapshot;
  if (guest.next && guest.next->fence <= stop.fence) {
    guest.start = *guest.next;
    guest.next.reset();
  }
  begin_stop(stop.id, guest, stop.grace_period, effects);
  return effects;
}

void SimulatedFleet::begin_stop(const std::string& id, Guest& guest,
                                std::optional<std::chrono::microseconds> delay_max,
                                FleetEffects& effects) {
  if (guest.phase == Guest::Phase::stopping) return;
  guest.phase = Guest::Phase::stopping;
  guest.step = begin_step(id, configuration_.stop, "stop", effects, delay_max);
}

bool SimulatedFleet::is_dead(const std::string& node_id) const {
  const auto machine = machines_.find(node_id);
  return machine != machines_.end() && machine->second.phase == Machine::Phase::dead;
}

std::string SimulatedFleet::node_of(const std::string& id) const {
  if (machines_.contains(id)) return id;
  if (const auto guest = guests_.find(id); guest != guests_.end())
    return guest->second.start.node_id;
  if (workshop_.is_known(id)) return workshop_.node_of(id);
  return jobs_.is_known(id) ? jobs_.node_of(id) : services_.node_of(id);
}

FleetEffects SimulatedFleet::step_over(const std::string& id, std::uint64_t number) {
  if (const auto machine = machines_.find(id);
      machine != machines_.end() && machine->second.step == number)
    return machine_step_over(id, machine->second);
  if (const auto guest = guests_.find(id); guest != guests_.end() && guest->second.step == number)
    return guest_step_over(id, guest->second);
  if (jobs_.is_known(id)) return jobs_.step_over(id, number);
  if (workshop_.is_known(id)) return workshop_.step_over(id, number);
  return services_.step_over(id, number);
}

FleetEffects SimulatedFleet::finish_step(const std::string& id) {
  if (const auto machine = machines_.find(id); machine != machines_.end())
    return machine_step_over(id, machine->second);
  if (const auto guest = guests_.find(id); guest != guests_.end())
    return guest_step_over(id, guest->second);
  if (jobs_.is_known(id)) return jobs_.finish_step(id);
  if (workshop_.is_known(id)) return workshop_.finish_step(id);
  return services_.finish_step(id);
}

FleetEffects SimulatedFleet::fail_start(const std::string& id, std::string code,
                                        std::string message) {
  if (services_.is_known(id)) return services_.fail(id, std::move(code), std::move(message));
  if (jobs_.is_known(id)) return jobs_.fail(id, std::move(message));
  const auto guest = guests_.find(id);
  if (guest == guests_.end()) {
    failures_[id] = {std::move(code), std::move(message)};
    return {};
  }
  if (guest->second.phase != Guest::Phase::starting) return {};
  FleetEffects effects;
  effects.reports.push_back(failed_report(guest->second.start, guest->second.origin,
                                          std::move(code), std::move(message)));
  guests_.erase(guest);
  return effects;
}

FleetEffects SimulatedFleet::lose(const std::string& node_id, std::string reason,
                                  const Origin& origin) {
  auto& machine = machines_[node_id];
  machine.phase = Machine::Phase::dead;
  machine.step = 0;
  FleetEffects effects;
  // Who is stopping there has stopped; who is starting or running is the control plane's to fail.
  std::vector<std::string> gone;
  for (const auto& [id, guest] : guests_)
    if (guest.start.node_id == node_id) gone.push_back(id);
  for (const auto& id : gone) {
    if (guests_[id].phase == Guest::Phase::stopping)
      stopped(id, effects);
    else
      guests_.erase(id);
  }
  services_.lose(node_id);
  jobs_.lose(node_id);
  effects.reports.push_back(
      simulated_report<Node>(node_id, Node::ReportLost{std::move(reason)},
                             origin.causation == 0 ? machine.origin : origin));
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
                                   std::string reason, const Origin& origin) {
  workshop_.interrupt(gpu_id(node_id, gpu_index));
  return {{simulated_report<Gpu>(gpu_id(node_id, gpu_index), Gpu::ReportFault{std::move(reason)},
                                 origin)},
          {}};
}

FleetEffects SimulatedFleet::repair(const std::string& node_id, std::uint32_t gpu_index) {
  return {{simulated_report<Gpu>(gpu_id(node_id, gpu_index), Gpu::ReportRepaired{}, {})}, {}};
}

void SimulatedFleet::begin_boot(const std::string& id, Machine& machine, FleetEffects& effects) {
  machine.phase = Machine::Phase::booting;
  machine.step = begin_step(id, configuration_.boot, "boot", effects);
}

std::uint64_t SimulatedFleet::begin_step(const std::string& id, const StepDelay& delay,
                                         std::string_view name, FleetEffects& effects,
                                         std::optional<std::chrono::microseconds> delay_max) {
  auto step = timed_step(configuration_, id, ++steps_begun_, delay, name, delay_max);
  if (step) effects.steps.push_back(std::move(*step));
  return steps_begun_;
}

FleetEffects SimulatedFleet::machine_step_over(const std::string& id, Machine& machine) {
  FleetEffects effects;
  if (machine.phase != Machine::Phase::booting) return effects;
  machine.phase = Machine::Phase::up;
  effects.reports.push_back(simulated_report<Node>(id, Node::ReportReady{}, machine.origin));
  return effects;
}

FleetEffects SimulatedFleet::guest_step_over(const std::string& id, Guest& guest) {
  FleetEffects effects;
  switch (guest.phase) {
    case Guest::Phase::starting:
      guest.phase = Guest::Phase::running;
      effects.reports.push_back(started_report(guest.start, guest.origin, configuration_.seed));
      break;
    case Guest::Phase::rebooting:
      guest.phase = Guest::Phase::running;
      effects.reports.push_back(
          simulated_report<Vm>(id, Vm::ReportReset{guest.reset_number}, guest.origin));
      break;
    case Guest::Phase::stopping:
      stopped(id, effects);
      break;
    case Guest::Phase::running:
      break;
  }
  return effects;
}

void SimulatedFleet::stopped(const std::string& id, FleetEffects& effects) {
  const auto guest = guests_.extract(id).mapped();
  const auto& past = guest.start;
  if (guest.snapshot && !is_dead(past.node_id))
    effects.reports.push_back(
        snapshot_report(id, *guest.snapshot, past.fence, guest.origin, configuration_.seed));
  effects.reports.push_back(stopped_report(past.kind, id, past.fence, guest.origin));
  if (guest.next && !is_dead(guest.next->node_id)) begin_start(*guest.next, effects);
}

FleetEffects SimulatedFleet::start(const StartService& start) {
  if (is_dead(start.node_id) || is_stale(start.node_id, start.gpu_indices, start.fence)) return {};
  note_fence(start.node_id, start.gpu_indices, start.fence);
  auto effects = services_.start(start);
  slow_starts_.apply(start.node_id, start.fence, effects);
  const auto failure = failures_.find(start.service_id);
  if (failure == failures_.end()) return effects;
  auto failed = services_.fail(start.service_id, failure->second.code, failure->second.message);
  failures_.erase(failure);
  return failed;
}

FleetEffects SimulatedFleet::start(const StartJob& start, Time now) {
  for (const auto& [node_id, gpu_indices] : start.places)
    if (is_dead(node_id) || is_stale(node_id, gpu_indices, start.fence)) return {};
  for (const auto& [node_id, gpu_indices] : start.places)
    note_fence(node_id, gpu_indices, start.fence);
  auto effects = jobs_.start(start, now);
  if (!start.started_at) slow_starts_.apply(start.node_id, start.fence, effects);
  const auto failure = failures_.find("job/" + start.job_id);
  if (failure == failures_.end()) return effects;
  auto failed = jobs_.fail(failure->first, failure->second.message);
  failures_.erase(failure);
  return failed;
}

bool SimulatedFleet::is_stale(const std::string& node_id,
                              const std::vector<std::uint32_t>& gpu_indices,
                              std::uint64_t fence) const {
  return std::any_of(gpu_indices.begin(), gpu_indices.end(), [&](std::uint32_t index) {
    const auto seen = fences_.find({node_id, index});
    return seen != fences_.end() && seen->second > fence;
  });
}

void SimulatedFleet::note_fence(const std::string& node_id,
                                const std::vector<std::uint32_t>& gpu_indices,
                                std::uint64_t fence) {
  for (const auto index : gpu_indices) fences_[{node_id, index}] = fence;
}

}  // namespace orrery
