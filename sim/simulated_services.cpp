#include "sim/simulated_services.hpp"

#include <algorithm>

#include "sim/simulated_guest.hpp"

namespace orrery {
namespace {

using Report = Service::Command;

OwedCommand report_on(const std::string& id, Report report, const Origin& origin) {
  return simulated_report<Service>(id, std::move(report), origin);
}

/// 0 where the recipe has none.
std::uint16_t port_of(const StartService& start) {
  const auto& ports = start.specification.launch.ports;
  if (ports.empty()) return 0;
  const auto index = start.replica ? start.replica->index : 0;
  return static_cast<std::uint16_t>(ports.front() + index);
}

}  // namespace

FleetEffects SimulatedServices::start(const StartService& start) {
  FleetEffects effects;
  if (const auto over = over_.find(start.service_id);
      over != over_.end() && over->second >= start.fence)
    return effects;
  const auto [found, is_new] = processes_.try_emplace(start.service_id);
  auto& process = found->second;
  if (!is_new) return effects;  // A service has one lease in its life, so it is the same start.
  process.start = start;
  process.origin = start.origin;
  const auto& image = start.specification.launch.image;
  if (image.empty() || images_.contains({start.node_id, image})) {
    launch(process, effects);
    return effects;
  }
  effects.reports.push_back(
      report_on(start.service_id, Service::ReportBuilding{start.fence}, process.origin));
  process.step = begin_step(start.service_id, configuration_.build, "build", effects);
  return effects;
}

void SimulatedServices::launch(Process& process, FleetEffects& effects) {
  const auto& start = process.start;
  process.phase = Process::Phase::loading;
  effects.reports.push_back(report_on(
      start.service_id, Service::ReportLaunched{{start.node_id, port_of(start)}, start.fence},
      process.origin));
  process.step = begin_step(start.service_id, configuration_.load, "load", effects);
}

FleetEffects SimulatedServices::stop(const StopService& stop) {
  const auto found = processes_.find(stop.service_id);
  if (found == processes_.end())
    return {{report_on(stop.service_id, Service::ReportExited{stop.fence, {}, {}}, stop.origin)},
            {}};
  FleetEffects effects;
  auto& process = found->second;
  process.origin = stop.origin;
  if (process.phase == Process::Phase::stopping) return effects;
  process.phase = Process::Phase::stopping;
  process.step = begin_step(stop.service_id, configuration_.stop, "stop", effects,
                            std::chrono::seconds(stop.grace_period_s));
  return effects;
}

FleetEffects SimulatedServices::exit(const ServiceExit& exit) {
  const auto found = processes_.find(exit.service_id);
  if (found == processes_.end()) return {};
  return end(exit.service_id,
             Service::ReportExited{found->second.start.fence, exit.exit_code, exit.signal});
}

FleetEffects SimulatedServices::fail(const std::string& id, std::string code, std::string message) {
  const auto found = processes_.find(id);
  if (found == processes_.end() || found->second.phase == Process::Phase::running ||
      found->second.phase == Process::Phase::stopping)
    return {};
  return end(id,
             Service::ReportFailed{std::move(code), std::move(message), found->second.start.fence});
}

FleetEffects SimulatedServices::end(const std::string& id, Report report) {
  const auto process = processes_.extract(id).mapped();
  over_[id] = process.start.fence;
  return {{report_on(id, std::move(report), process.origin)}, {}};
}

void SimulatedServices::lose(const std::string& node_id) {
  std::erase_if(processes_,
                [&](const auto& entry) { return entry.second.start.node_id == node_id; });
  std::erase_if(images_, [&](const auto& image) { return image.first == node_id; });
}

FleetEffects SimulatedServices::step_over(const std::string& id, std::uint64_t number) {
  const auto found = processes_.find(id);
  if (found == processes_.end() || found->second.step != number) return {};
  return step_over(found->second);
}

FleetEffects SimulatedServices::finish_step(const std::string& id) {
  const auto found = processes_.find(id);
  return found == processes_.end() ? FleetEffects{} : step_over(found->second);
}

FleetEffects SimulatedServices::step_over(Process& process) {
  FleetEffects effects;
  const auto& start = process.start;
  switch (process.phase) {
    case Process::Phase::building:
      images_.emplace(start.node_id, start.specification.launch.image);
      launch(process, effects);
      break;
    case Process::Phase::loading:
      process.phase = Process::Phase::running;
      effects.reports.push_back(
          report_on(start.service_id, Service::ReportReady{start.fence}, process.origin));
      break;
    case Process::Phase::stopping: {
      const std::string id = start.service_id;
      return end(id, Service::ReportExited{start.fence, {}, {}});
    }
    case Process::Phase::running:
      break;
  }
  return effects;
}

std::uint64_t SimulatedServices::begin_step(const std::string& id, const StepDelay& delay,
                                            std::string_view name, FleetEffects& effects,
                                            std::optional<std::chrono::microseconds> delay_max) {
  auto step = timed_step(configuration_, id, ++steps_begun_, delay, name, delay_max);
  if (step) effects.steps.push_back(std::move(*step));
  return steps_begun_;
}

}  // namespace orrery
