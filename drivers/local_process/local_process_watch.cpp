#include <algorithm>
#include <array>
#include <csignal>

#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/wait.h>

#include "drivers/local_process/local_processes.hpp"
#include "drivers/runs/control_group.hpp"
#include "drivers/runs/job_planning.hpp"
#include "drivers/runs/listening.hpp"
#include "drivers/runs/process_table.hpp"
#include "drivers/runs/run_listing.hpp"

namespace orrery {
namespace {

/// What was killed takes a moment to be gone.
constexpr std::chrono::milliseconds burial_interval{10};

bool has_pattern(const LaunchPlan& plan, ServiceStage stage) {
  return std::ranges::find(plan.log_patterns, stage, &LogPattern::stage) != plan.log_patterns.end();
}

/// A run that hasn't begun is nobody's: whoever wants it says so again, and a supervisor that is
/// still on its way finds nothing to do.
bool is_unbegun(const RunDirectory& directory) {
  if (directory.has_ended() || directory.has_begun()) return false;
  const auto lock = directory.take_lock();
  if (!lock || directory.has_begun() || directory.has_ended()) return false;
  directory.withdraw_launch();
  return true;
}

/// True once nothing of the run is left.
bool kill_stray(const std::string& path) {
  constexpr int rounds_max = 100;
  for (int round = 0; round < rounds_max; ++round) {
    if (kill_leftovers(path, {}, "")) return true;
    wait_until_readable(-1, burial_interval);
  }
  return false;
}

std::uint16_t served_port(const LaunchPlan& plan) {
  return plan.ports.empty() ? std::uint16_t{0} : plan.ports.front();
}

}  // namespace

// What earlier drivers have left.

void LocalProcesses::adopt() {
  for (const auto& path : list_runs(configuration_.directory)) adopt(RunDirectory(path));
  forget_old_runs();
  kill_strays();
}

/// Where somebody has removed the directory of a run, nobody can look after it any more: what runs
/// is killed, and its service or job hears that nobody saw how it ended.
void LocalProcesses::kill_strays() {
  for (const auto& path : marked_runs(configuration_.directory.string())) {
    std::error_code failure;
    const auto name = RunDirectory::name_of(path);
    if (!name || std::filesystem::exists(path, failure) || !kill_stray(path)) continue;
    LaunchPlan plan;
    plan.service_id = name->service_id;
    plan.fence = name->fence;
    if (job_of_run(plan.service_id))
      tell_job_end({RunDirectory(path), plan}, {});
    else
      report(plan, Service::ReportExited{plan.fence, {}, {}});
  }
}

void LocalProcesses::adopt(const RunDirectory& directory) {
  if (is_unbegun(directory)) return;
  const auto name = RunDirectory::name_of(directory.path());
  LocalRun run{directory, directory.launch().value_or(LaunchPlan{})};
  run.plan.service_id = name->service_id;
  run.plan.fence = name->fence;
  note_fences(run.plan);
  run.phase = directory.is_reported() ? LocalRun::Phase::over : LocalRun::Phase::starting;
  auto& kept = runs_.insert_or_assign(run.name(), std::move(run)).first->second;
  if (kept.phase == LocalRun::Phase::over) return ended_.push_back(kept.name());
  ports_.note_taken(kept.plan.ports);
  watch(kept);
  look(kept);
}

/// The oldest go; those whose end nobody has taken yet stay.
void LocalProcesses::forget_old_runs() {
  std::error_code ignored;
  while (ended_.size() > configuration_.ended_runs_max) {
    if (const auto run = runs_.find(ended_.front()); run != runs_.end()) {
      const auto& plan = run->second.plan;
      if (const auto seen = fences_.find(plan.service_id);
          seen != fences_.end() && seen->second == plan.fence)
        fences_.erase(seen);
      std::filesystem::remove_all(run->second.directory.path(), ignored);
      runs_.erase(run);
    }
    ended_.pop_front();
  }
}

// What happens.

void LocalProcesses::watch(LocalRun& run) {
  run.watch = ::inotify_add_watch(notifications_.get(), run.directory.path().c_str(),
                                  IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
  if (run.watch >= 0) watched_[run.watch] = run.name();
}

void LocalProcesses::wait(std::chrono::milliseconds timeout) {
  const auto now = std::chrono::steady_clock::now();
  auto until = now + timeout;
  std::vector<curl_waitfd> descriptors{{notifications_.get(), CURL_WAIT_POLLIN, 0}};
  std::vector<std::string> supervised{""};
  for (const auto& [name, run] : runs_) {
    if (!run.is_living()) continue;
    if (run.start_deadline) until = std::min(until, *run.start_deadline);
    if (run.is_being_buried) until = std::min(until, now + burial_interval);
    if (run.launch_is_told && !run.readiness_is_told && !run.is_being_probed &&
        !run.plan.probe_path.empty())
      until = std::min(until, run.next_probe);
    if (!run.supervisor) continue;
    descriptors.push_back({run.supervisor.get(), CURL_WAIT_POLLIN, 0});
    supervised.push_back(name);
  }
  probes_.wait(descriptors, std::chrono::ceil<std::chrono::milliseconds>(
                                std::max(until - now, decltype(until - now)::zero())));
  for (const auto& answer : probes_.take_answers()) take_probe(answer);
  for (std::size_t i = 1; i < descriptors.size(); ++i)
    if (descriptors[i].revents != 0) look_after(runs_.at(supervised[i]));
  if (descriptors.front().revents != 0) read_watches();
  const auto later = std::chrono::steady_clock::now();
  for (auto& [name, run] : runs_) {
    if (run.is_living() && !run.supervisor) look(run);
    if (run.is_living()) look_at_clock(run, later);
  }
  launch_waiting();
}

/// Its supervisor has ended. What can't be brought to its end now (a full disk, say) is looked at
/// again from time to time.
void LocalProcesses::look_after(LocalRun& run) {
  look(run);
  if (run.is_living()) run.supervisor.reset();
}

void LocalProcesses::read_watches() {
  alignas(inotify_event) std::array<char, 16 << 10> buffer{};
  std::map<std::string, bool> changed;
  for (ssize_t count = 0;
       (count = ::read(notifications_.get(), buffer.data(), buffer.size())) > 0;) {
    for (ssize_t at = 0; at < count;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer.data() + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      if ((event->mask & IN_Q_OVERFLOW) != 0)  // Some were lost: any may have changed.
        for (const auto& [name, run] : runs_) changed[name] = run.is_living();
      else if (const auto found = watched_.find(event->wd); found != watched_.end())
        changed[found->second] = true;
    }
  }
  for (const auto& [name, is_due] : changed)
    if (const auto run = runs_.find(name); is_due && run != runs_.end()) look(run->second);
}

void LocalProcesses::look(LocalRun& run) {
  if (!run.is_living()) return;
  look_at_begin(run);
  look_at_supervisor(run);
  if (run.directory.has_ended()) return finish(run);
  if (run.phase == LocalRun::Phase::begun) look_at_stages(run);
}

void LocalProcesses::look_at_begin(LocalRun& run) {
  if (run.phase != LocalRun::Phase::starting) return;
  const auto process = run.directory.process();
  if (!process) return;
  run.phase = LocalRun::Phase::begun;
  run.process = *process;
  if (run.child != process->supervisor.pid) run.supervisor = watch_process(process->supervisor);
  if (run.plan.start_timeout_s != 0 && !run.directory.is_marked(ServiceStage::running)) {
    const auto since = seconds_since_start(process->leader);
    const auto left = std::max(0.0, run.plan.start_timeout_s - since);
    run.start_deadline = std::chrono::steady_clock::now() +
                         std::chrono::milliseconds(static_cast<std::int64_t>(left * 1'000));
  }
  if (run.directory.stop()) signal_process(process->supervisor, SIGTERM);
}

void LocalProcesses::look_at_stages(LocalRun& run) {
  if (job_of_run(run.plan.service_id)) return tell_job_start(run);
  const auto has_come_to = [&](ServiceStage stage) { return run.directory.is_marked(stage); };
  const bool builds = has_pattern(run.plan, ServiceStage::building);
  const bool is_running = has_come_to(ServiceStage::running);
  if (has_come_to(ServiceStage::building) && !run.building_is_told && !run.launch_is_told) {
    run.building_is_told = true;
    report(run.plan, Service::ReportBuilding{run.plan.fence});
  }
  if (!builds || has_come_to(ServiceStage::starting) || is_running) tell_launch(run);
  const bool needs_nothing =
      run.plan.probe_path.empty() && !has_pattern(run.plan, ServiceStage::running);
  if (run.launch_is_told && (is_running || needs_nothing)) tell_readiness(run);
}

/// Where nobody supervises any more, nothing of it may be left either.
void LocalProcesses::look_at_supervisor(LocalRun& run) {
  if (run.child != 0) {
    int status = 0;
    if (::waitpid(run.child, &status, WNOHANG) == 0) return;
    run.child = 0;
    run.supervisor.reset();
  }
  if (run.directory.has_ended()) return;
  if (!run.directory.is_locked()) return bury(run);
  // Another one supervises it, and is watched once it is known.
  if (!run.supervisor && run.phase == LocalRun::Phase::begun)
    run.supervisor = watch_process(run.process.supervisor);
}

/// It is over only when nothing of it is found any more: until then its GPUs are nobody else's.
void LocalProcesses::bury(LocalRun& run) {
  const auto lock = run.directory.take_lock();
  if (!lock || run.directory.has_ended()) return;
  const auto process = run.directory.process();
  if (!process) {
    run.directory.write(
        ExitRecord{{}, {}, "start_failed", "Its supervisor ended before it had started anything."});
    return;
  }
  const bool is_of_now = process->boot_id == boot_id();
  run.is_being_buried =
      !kill_leftovers(run.directory.path().string(),
                      is_of_now ? process->leader : ProcessIdentity{}, run.plan.control_group);
  if (run.is_being_buried) return;
  remove_control_group(run.plan.control_group);
  run.directory.write(ExitRecord{});
}

void LocalProcesses::finish(LocalRun& run) {
  if (run.child != 0) {  // It has written its last word, and is about to end.
    wait_until_readable(run.supervisor.get(), std::chrono::seconds(1));
    ::waitpid(run.child, nullptr, WNOHANG);
  }
  run.child = 0;
  run.supervisor.reset();
  run.phase = LocalRun::Phase::over;
  probes_.cancel(run.name());
  ports_.give_back(run.plan.ports);
  if (run.watch >= 0) {
    watched_.erase(run.watch);
    ::inotify_rm_watch(notifications_.get(), run.watch);
  }
  tell_end(run);
}

// What is reported.

void LocalProcesses::tell_launch(LocalRun& run) {
  if (run.launch_is_told) return;
  run.launch_is_told = true;
  run.next_probe = std::chrono::steady_clock::now();
  report(run.plan, Service::ReportLaunched{{run.plan.host, served_port(run.plan)}, run.plan.fence});
}

void LocalProcesses::tell_readiness(LocalRun& run) {
  run.start_deadline.reset();
  if (run.readiness_is_told) return;
  run.readiness_is_told = true;
  run.directory.mark(ServiceStage::running);
  report(run.plan, Service::ReportReady{run.plan.fence});
}

/// Why the driver ended it counts before how its process took that.
void LocalProcesses::tell_end(const LocalRun& run) {
  const auto exit = run.directory.exit().value_or(ExitRecord{});
  if (job_of_run(run.plan.service_id)) return tell_job_end(run, exit);
  const auto stop = run.directory.stop();
  const auto fence = run.plan.fence;
  if (stop && !stop->code.empty())
    report(run.plan, Service::ReportFailed{stop->code, stop->message, fence});
  else if (!exit.code.empty())
    report(run.plan, Service::ReportFailed{exit.code, exit.message, fence});
  else
    report(run.plan, Service::ReportExited{fence, exit.exit_code, exit.signal});
}

void LocalProcesses::look_at_clock(LocalRun& run, Moment now) {
  if (run.phase != LocalRun::Phase::begun) return;
  if (run.start_deadline && now >= *run.start_deadline) {
    run.start_deadline.reset();
    end(run, {run.plan.grace_period_s, "start_timeout",
              fmt::format("It was not ready within {} s.", run.plan.start_timeout_s), 0, ""});
  }
  // A service may be ready while it still calls itself building.
  const bool is_asked = !run.plan.probe_path.empty() && !run.readiness_is_told;
  if (!is_asked || !run.launch_is_told || run.is_being_probed || now < run.next_probe) return;
  run.is_being_probed = true;
  probes_.begin(run.name(), fmt::format("http://{}:{}{}", run.plan.host, served_port(run.plan),
                                        run.plan.probe_path));
}

void LocalProcesses::take_probe(const ReadinessProbes::Answer& answer) {
  const auto found = runs_.find(answer.name);
  if (found == runs_.end() || !found->second.is_living()) return;
  auto& run = found->second;
  run.is_being_probed = false;
  run.next_probe =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(run.plan.probe_interval_ms);
  if (answer.is_ready && is_listening(run.process.supervisor.pid, served_port(run.plan)))
    tell_readiness(run);
}

}  // namespace orrery
