#include "drivers/local_process/local_processes.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "actors/node/node.hpp"
#include "drivers/local_process/control_group.hpp"
#include "drivers/local_process/process_table.hpp"
#include "drivers/local_process/supervisor_spawn.hpp"

namespace orrery {
namespace {

/// The same for one directory, and another for another server on the same host.
std::string group_name(const std::filesystem::path& directory) {
  std::uint32_t hash = 2'166'136'261u;  // FNV-1a.
  for (const unsigned char c : directory.string()) hash = (hash ^ c) * 16'777'619u;
  return fmt::format("orrery-{:08x}", hash);
}

/// Without links: those that stand in a path of ours would lead elsewhere in a sandbox.
std::filesystem::path real_path(const std::filesystem::path& path) {
  std::error_code failure;
  const auto absolute = std::filesystem::absolute(path).lexically_normal();
  const auto real = std::filesystem::weakly_canonical(absolute, failure);
  return failure ? absolute : real;
}

LocalProcessConfiguration with_whole_paths(LocalProcessConfiguration configuration) {
  for (auto* path : {&configuration.directory, &configuration.recipes})
    if (!path->empty()) *path = real_path(*path);
  for (auto& path : configuration.hidden) path = real_path(path);
  return configuration;
}

bool share_a_gpu(const LaunchPlan& one, const LaunchPlan& other) {
  return std::ranges::any_of(one.gpu_indices, [&](std::uint32_t index) {
    return std::ranges::find(other.gpu_indices, index) != other.gpu_indices.end();
  });
}

}  // namespace

LocalProcesses::LocalProcesses(LocalProcessConfiguration configuration, Report report)
    : ground_{with_whole_paths(std::move(configuration)), {}, {}},
      report_(std::move(report)),
      ports_(ground_.configuration.host, ground_.configuration.port_first,
             ground_.configuration.port_last),
      notifications_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  ground_.sandbox = find_sandbox(ground_.configuration.sandbox);
  ground_.control_groups = prepare_control_groups(group_name(ground_.configuration.directory));
}

LocalProcesses::~LocalProcesses() {
  remove_control_group(ground_.control_groups);  // Where nothing runs in it any more.
}

void LocalProcesses::boot(const BootNode& boot) {
  if (boot.node_id != ground_.configuration.node_id) return;
  report_({To<Node>{boot.node_id, Node::ReportReady{}}, local_process_origin(boot.origin)});
}

// What is told.

void LocalProcesses::start(const StartService& start) {
  const auto directory =
      RunDirectory::of(ground_.configuration.directory, start.service_id, start.fence);
  if (auto* known = find(start.service_id, start.fence)) {
    known->building_is_told = known->launch_is_told = false;
    if (known->phase == LocalRun::Phase::over)
      tell_end(*known);
    else
      look(*known);
    return;
  }
  if (is_stale(start)) return;
  if (start.node_id != ground_.configuration.node_id)
    return fail_start(start, directory,
                      {"node_is_another", fmt::format("This is not {}.", start.node_id)});
  if (!directory.make())
    return fail_start(
        start, directory,
        {"start_failed", fmt::format("{}: {}.", directory.path().string(), std::strerror(errno))});
  auto lock = directory.take_lock();  // Nobody begins by an older plan meanwhile.
  if (!lock || directory.has_begun() || directory.has_ended()) {
    lock.reset();
    return adopt(directory);
  }
  auto plan = plan_run(ground_, start, directory, ports_);
  if (!plan) return fail_start(start, directory, plan.error());
  if (!directory.write(*plan)) {
    ports_.give_back(plan->ports);
    return fail_start(start, directory, {"start_failed", "Its plan can't be written."});
  }
  note_fences(*plan);
  LocalRun run{directory, std::move(*plan)};
  const auto name = run.name();
  runs_.insert_or_assign(name, std::move(run));
  auto& kept = runs_.at(name);
  end_those_before(kept);
  lock.reset();
  if (!must_wait(kept)) launch(kept);
}

/// Who still holds its GPUs, or runs the same service, has lost them.
void LocalProcesses::end_those_before(const LocalRun& run) {
  for (auto& [name, other] : runs_)
    if (&other != &run && other.is_living() &&
        (other.plan.service_id == run.plan.service_id || share_a_gpu(other.plan, run.plan)))
      end(other, {});
}

void LocalProcesses::stop(const StopService& stop) {
  auto* run = find(stop.service_id, stop.fence);
  if (run != nullptr && run->phase != LocalRun::Phase::over)
    return end(*run, {stop.grace_period_s, "", ""});
  if (run != nullptr) return tell_end(*run);
  stop_unknown(stop);
}

/// An earlier driver may have come as far as to start a supervisor, which is still to begin.
void LocalProcesses::stop_unknown(const StopService& stop) {
  const auto directory =
      RunDirectory::of(ground_.configuration.directory, stop.service_id, stop.fence);
  LaunchPlan plan;
  plan.service_id = stop.service_id;
  plan.fence = stop.fence;
  plan.causation = stop.origin.causation;
  plan.correlation = stop.origin.correlation;
  if (directory.make()) {
    auto lock = directory.take_lock();
    if (!lock || directory.has_begun() || directory.has_ended()) {
      lock.reset();
      adopt(directory);
      if (auto* run = find(stop.service_id, stop.fence);
          run != nullptr && run->phase != LocalRun::Phase::over)
        end(*run, {stop.grace_period_s, "", ""});
      return;
    }
    directory.write(ExitRecord{});
  }
  LocalRun run{directory, std::move(plan), LocalRun::Phase::over};
  const auto name = run.name();
  tell_end(runs_.insert_or_assign(name, std::move(run)).first->second);
}

void LocalProcesses::end_was_taken(const std::string& service_id, std::uint64_t fence) {
  auto* run = find(service_id, fence);
  if (run == nullptr || run->phase != LocalRun::Phase::over || run->directory.is_reported()) return;
  run->directory.mark_reported();
  std::error_code ignored;
  std::filesystem::remove_all(run->directory.work(), ignored);
  ended_.push_back(run->name());
  forget_old_runs();
}

void LocalProcesses::was_refused(const std::string& service_id, std::uint64_t fence) {
  auto* run = find(service_id, fence);
  if (run == nullptr) return;
  if (run->phase == LocalRun::Phase::over) return end_was_taken(service_id, fence);
  end(*run, {run->plan.grace_period_s, "", ""});
}

LocalRun* LocalProcesses::find(const std::string& service_id, std::uint64_t fence) {
  const auto found = runs_.find(fmt::format("{}.{}", service_id, fence));
  return found == runs_.end() ? nullptr : &found->second;
}

bool LocalProcesses::is_stale(const StartService& start) const {
  const auto seen = fences_.find(start.service_id);
  if (seen != fences_.end() && seen->second > start.fence) return true;
  return std::ranges::any_of(start.gpu_indices, [&](std::uint32_t index) {
    const auto holder = gpu_fences_.find(index);
    return holder != gpu_fences_.end() && holder->second > start.fence;
  });
}

void LocalProcesses::note_fences(const LaunchPlan& plan) {
  auto& seen = fences_[plan.service_id];
  seen = std::max(seen, plan.fence);
  for (const auto index : plan.gpu_indices)
    gpu_fences_[index] = std::max(gpu_fences_[index], plan.fence);
}

bool LocalProcesses::must_wait(const LocalRun& run) const {
  return std::ranges::any_of(runs_, [&](const auto& entry) {
    const auto& other = entry.second;
    return &other != &run && other.is_living() &&
           (other.plan.service_id == run.plan.service_id || share_a_gpu(other.plan, run.plan));
  });
}

// How a run begins and ends.

void LocalProcesses::fail_start(const StartService& start, const RunDirectory& directory,
                                const LaunchFailure& failure) {
  LocalRun run{directory, {}, LocalRun::Phase::over};
  run.plan.service_id = start.service_id;
  run.plan.fence = start.fence;
  run.plan.causation = start.origin.causation;
  run.plan.correlation = start.origin.correlation;
  if (directory.make()) directory.write(ExitRecord{{}, {}, failure.code, failure.message});
  const auto name = run.name();
  const auto& kept = runs_.insert_or_assign(name, std::move(run)).first->second;
  report(kept.plan, Service::ReportFailed{failure.code, failure.message, start.fence});
}

void LocalProcesses::launch(LocalRun& run) {
  run.phase = LocalRun::Phase::starting;
  watch(run);
  const auto spawned = spawn_supervisor(ground_.configuration.supervisor, run.directory);
  if (!spawned) {
    run.directory.write(
        ExitRecord{{},
                   {},
                   "start_failed",
                   fmt::format("Its supervisor can't be started: {}.", spawned.error().message())});
    return look(run);
  }
  run.child = spawned->pid;
  run.supervisor = watch_process(*spawned);
  look(run);
}

void LocalProcesses::launch_waiting() {
  for (auto& [name, run] : runs_)
    if (run.phase == LocalRun::Phase::waiting && !run.is_unwanted && !must_wait(run)) launch(run);
}

/// A run that hasn't begun, and never will once the lock is ours, is over at once.
void LocalProcesses::end(LocalRun& run, const StopRecord& stop) {
  if (run.phase == LocalRun::Phase::over) return;
  run.is_unwanted = true;
  auto wish = stop;
  if (const auto before = run.directory.stop(); before && wish.code.empty()) {
    wish.code = before->code;
    wish.message = before->message;
  }
  run.directory.write(wish);
  if (run.phase == LocalRun::Phase::begun) {
    signal_process(run.process.supervisor, SIGTERM);
    return;
  }
  if (const auto lock = run.directory.take_lock();
      lock && !run.directory.has_begun() && !run.directory.has_ended())
    run.directory.write(ExitRecord{});
  if (run.is_living()) return look(run);
  if (run.directory.has_ended()) finish(run);
}

std::size_t LocalProcesses::living_count() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(runs_, [](const auto& entry) { return entry.second.is_living(); }));
}

void LocalProcesses::report(const LaunchPlan& plan, Service::Command command) {
  report_({To<Service>{plan.service_id, std::move(command)},
           local_process_origin({"", plan.causation, plan.correlation})});
}

}  // namespace orrery
