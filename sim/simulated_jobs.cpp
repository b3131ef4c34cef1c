#include "sim/simulated_jobs.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <utility>

#include "sim/simulated_guest.hpp"

namespace orrery {
namespace {

using std::chrono::microseconds;

/// More than are told of again by anybody.
constexpr std::size_t over_max = 10'000;
constexpr std::string_view name_prefix = "job/";

OwedCommand report_on(const std::string& id, Job::Command report, const Origin& origin) {
  return simulated_report<Job>(id, std::move(report), origin);
}

bool is_deadly(std::uint32_t signal) {
  static constexpr std::array<std::uint32_t, 6> deadly{SIGHUP,  SIGINT,  SIGQUIT,
                                                       SIGABRT, SIGKILL, SIGTERM};
  return std::ranges::find(deadly, signal) != deadly.end();
}

bool has_gpus(const StartJob& start) {
  return std::ranges::any_of(start.places, [](const auto& p) { return !p.gpu_indices.empty(); });
}

JobExited ended_by(std::uint32_t signal) { return {{}, signal, true, ""}; }

}  // namespace

FleetEffects SimulatedJobs::start(const StartJob& start, Time now) {
  FleetEffects effects;
  if (const auto over = over_.find(start.job_id);
      over != over_.end() && over->second.fence >= start.fence) {
    if (over->second.fence == start.fence)
      effects.reports.push_back(
          report_on(start.job_id, Job::ReportExited{start.fence, over->second.exit}, start.origin));
    return effects;
  }
  if (const auto known = processes_.find(start.job_id);
      known != processes_.end() && known->second.start.fence >= start.fence) {
    if (known->second.phase == Process::Phase::running && known->second.start.fence == start.fence)
      effects.reports.push_back(
          report_on(start.job_id, Job::ReportStarted{start.fence}, start.origin));
    return effects;
  }
  auto& process = processes_[start.job_id];  // One with an older fence has lost its place.
  process = {};
  process.start = start;
  process.origin = start.origin;
  if (start.started_at) {
    const auto real = std::max(now - *start.started_at, microseconds(0));
    process.gpu_percent.reset();
    const auto own = static_cast<double>(real.count()) * configuration_.time_scale;
    begin(process, microseconds(static_cast<std::int64_t>(own)), effects);
    return effects;
  }
  await(process, configuration_.launch, "launch", effects);
  return effects;
}

void SimulatedJobs::begin(Process& process, microseconds played, FleetEffects& effects) {
  process.phase = Process::Phase::running;
  process.played = played;
  effects.reports.push_back(
      report_on(process.start.job_id, Job::ReportStarted{process.start.fence}, process.origin));
  play(process, effects);
}

void SimulatedJobs::play(Process& process, FleetEffects& effects) {
  const auto& steps = process.start.specification.rehearsal.utilisation;
  while (process.steps_begun < steps.size() &&
         std::chrono::seconds(steps[process.steps_begun].after_s) <= process.played)
    ++process.steps_begun;
  tell_utilisation(process, effects);
  const auto next = next_change(process);
  if (!next) return await(process, StepDelay::manual(), "play", effects);
  const auto delay = std::max(*next - process.played, microseconds(0));
  process.played = std::max(*next, process.played);
  await(process, StepDelay::fixed(std::chrono::ceil<std::chrono::milliseconds>(delay)), "play",
        effects);
}

std::optional<microseconds> SimulatedJobs::next_change(const Process& process) {
  const auto& rehearsal = process.start.specification.rehearsal;
  std::optional<microseconds> next;
  if (process.steps_begun < rehearsal.utilisation.size())
    next = std::chrono::seconds(rehearsal.utilisation[process.steps_begun].after_s);
  if (!rehearsal.run_time_s) return next;
  const microseconds end = std::chrono::seconds(*rehearsal.run_time_s);
  return next ? std::min(*next, end) : end;
}

void SimulatedJobs::tell_utilisation(Process& process, FleetEffects& effects) {
  if (process.steps_begun == 0 || !has_gpus(process.start)) return;
  const auto percent =
      process.start.specification.rehearsal.utilisation[process.steps_begun - 1].gpu_percent;
  if (std::exchange(process.gpu_percent, percent) == percent) return;
  effects.reports.push_back(report_on(
      process.start.job_id, Job::ReportUtilisation{process.start.fence, percent}, process.origin));
}

FleetEffects SimulatedJobs::signal(const SignalJob& signal) {
  const auto found = processes_.find(signal.job_id);
  if (found == processes_.end() || found->second.start.fence != signal.fence) return {};
  auto& process = found->second;
  if (process.phase != Process::Phase::running || process.signal_number >= signal.number) return {};
  process.signal_number = signal.number;
  return is_deadly(signal.signal) ? end(process, ended_by(signal.signal)) : FleetEffects{};
}

FleetEffects SimulatedJobs::stop(const StopJob& stop) {
  const auto found = processes_.find(stop.job_id);
  if (found == processes_.end() || found->second.start.fence != stop.fence) {
    // It may have ended by itself, or run before this driver's memory began.
    const auto over = over_.find(stop.job_id);
    const bool is_known = over != over_.end() && over->second.fence == stop.fence;
    const auto exit = is_known ? over->second.exit : JobExited{};
    return {{report_on(stop.job_id, Job::ReportExited{stop.fence, exit}, stop.origin)}, {}};
  }
  auto& process = found->second;
  process.origin = stop.origin;
  if (stop.signal == SIGKILL || process.phase == Process::Phase::starting)
    return end(process, ended_by(stop.signal == SIGKILL ? SIGKILL : SIGTERM));
  FleetEffects effects;
  if (process.phase == Process::Phase::stopping) return effects;
  process.phase = Process::Phase::stopping;
  const microseconds grace = std::chrono::seconds(stop.grace_period_s);
  process.end_signal = configuration_.stop.least <= grace ? SIGTERM : SIGKILL;
  await(process, configuration_.stop, "stop", effects, grace);
  return effects;
}

FleetEffects SimulatedJobs::exit(const JobExit& exit) {
  const auto found = processes_.find(exit.job_id);
  if (found == processes_.end()) return {};
  return end(found->second, {exit.exit_code, exit.signal, true, ""});
}

FleetEffects SimulatedJobs::fail(const std::string& name, std::string message) {
  auto* process = find(name);
  if (process == nullptr || process->phase != Process::Phase::starting) return {};
  return end(*process, {{}, {}, true, std::move(message)});
}

FleetEffects SimulatedJobs::end(Process& process, JobExited exit) {
  const auto ended = processes_.extract(process.start.job_id).mapped();
  const auto& [id, fence] = std::tie(ended.start.job_id, ended.start.fence);
  remember(id, fence, exit);
  return {{report_on(id, Job::ReportExited{fence, std::move(exit)}, ended.origin)}, {}};
}

void SimulatedJobs::remember(const std::string& id, std::uint64_t fence, const JobExited& exit) {
  if (over_.insert_or_assign(id, Past{fence, exit}).second) over_order_.push_back(id);
  if (over_order_.size() <= over_max) return;
  over_.erase(over_order_.front());
  over_order_.pop_front();
}

void SimulatedJobs::lose(const std::string& node_id) {
  std::erase_if(processes_,
                [&](const auto& entry) { return entry.second.start.node_id == node_id; });
}

FleetEffects SimulatedJobs::step_over(const std::string& name, std::uint64_t number) {
  auto* process = find(name);
  if (process == nullptr || process->step != number) return {};
  return step_over(*process);
}

FleetEffects SimulatedJobs::finish_step(const std::string& name) {
  auto* process = find(name);
  return process == nullptr ? FleetEffects{} : step_over(*process);
}

FleetEffects SimulatedJobs::step_over(Process& process) {
  FleetEffects effects;
  const auto& rehearsal = process.start.specification.rehearsal;
  switch (process.phase) {
    case Process::Phase::starting:
      begin(process, microseconds(0), effects);
      break;
    case Process::Phase::running:
      if (rehearsal.run_time_s && process.played >= std::chrono::seconds(*rehearsal.run_time_s))
        return end(process, {rehearsal.exit_code, {}, true, ""});
      play(process, effects);
      break;
    case Process::Phase::stopping:
      return end(process, ended_by(process.end_signal));
  }
  return effects;
}

void SimulatedJobs::await(Process& process, const StepDelay& delay, std::string_view name,
                          FleetEffects& effects, std::optional<microseconds> delay_max) {
  process.step = ++steps_begun_;
  auto step = timed_step(configuration_, std::string(name_prefix) + process.start.job_id,
                         process.step, delay, name, delay_max);
  if (step) effects.steps.push_back(std::move(*step));
}

SimulatedJobs::Process* SimulatedJobs::find(const std::string& name) {
  if (!name.starts_with(name_prefix)) return nullptr;
  const auto found = processes_.find(name.substr(name_prefix.size()));
  return found == processes_.end() ? nullptr : &found->second;
}

bool SimulatedJobs::is_known(const std::string& name) const {
  return name.starts_with(name_prefix) && processes_.contains(name.substr(name_prefix.size()));
}

std::string SimulatedJobs::node_of(const std::string& name) const {
  if (!name.starts_with(name_prefix)) return {};
  const auto found = processes_.find(name.substr(name_prefix.size()));
  return found == processes_.end() ? std::string() : found->second.start.node_id;
}

}  // namespace orrery
