#include "drivers/local_process/local_processes.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "actors/node/node.hpp"
#include "drivers/runs/control_group.hpp"
#include "drivers/runs/job_planning.hpp"
#include "drivers/runs/process_table.hpp"
#include "drivers/runs/supervisor_spawn.hpp"

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
  for (auto* path : {&configuration.directory, &configuration.recipes, &configuration.homes})
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
    : configuration_(with_whole_paths(std::move(configuration))),
      ground_{configuration_, configuration_.host, find_sandbox(configuration_.sandbox),
              prepare_control_groups(group_name(configuration_.directory))},
      report_(std::move(report)),
      ports_(configuration_.host, configuration_.port_first, configuration_.port_last),
      notifications_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {}

LocalProcesses::~LocalProcesses() {
  remove_control_group(ground_.control_groups);  // Where nothing runs in it any more.
}

void LocalProcesses::boot(const BootNode& boot) {
  if (boot.node_id != configuration_.node_id) return;
  report_({To<Node>{boot.node_id, Node::ReportReady{}}, local_process_origin(boot.origin)});
}

// What is told.

void LocalProcesses::start(const StartService& start) {
  begin({start.service_id, start.node_id, start.gpu_indices, start.fence, start.origin},
        [&](const RunDirectory& directory) { return plan_run(ground_, start, directory, ports_); });
}

void LocalProcesses::begin(const Order& order, const MakePlan& make_plan) {
  const auto directory = RunDirectory::of(configuration_.directory, order.run_id, order.fence);
  if (auto* known = find(order.run_id, order.fence)) return tell_again(*known);
  if (is_stale(order)) return;
  if (order.node_id != configuration_.node_id)
    return fail_start(order, directory,
                      {"node_is_another", fmt::format("This is not {}.", order.node_id)});
  if (!directory.make())
    return fail_start(
        order, directory,
        {"start_failed", fmt::format("{}: {}.", directory.path().string(), std::strerror(errno))});
  auto lock = directory.take_lock();  // Nobody begins by an older plan meanwhile.
  if (!lock || directory.has_begun() || directory.has_ended()) {
    lock.reset();
    return adopt(directory);
  }
  auto plan = make_plan(directory);
  if (!plan) return fail_start(order, directory, plan.error());
  if (!directory.write(*plan)) {
    ports_.give_back(plan->ports);
    return fail_start(order, directory, {"start_failed", "Its plan can't be written."});
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

void LocalProcesses::tell_again(LocalRun& run) {
  run.building_is_told = run.launch_is_told = false;
  if (run.phase == LocalRun::Phase::over)
    tell_end(run);
  else
    look(run);
}

/// Who still holds its GPUs, or runs the same service, has lost them.
void LocalProcesses::end_those_before(const LocalRun& run) {
  for (auto& [name, other] : runs_)
    if (&other != &run && other.is_living() &&
        (other.plan.service_id == run.plan.service_id || share_a_gpu(other.plan, run.plan)))
      end(other, {});
}

void LocalProcesses::stop(const StopService& stop) {
  this->stop({stop.service_id, stop.node_id, {}, stop.fence, stop.origin},
             {stop.grace_period_s, "", "", 0, ""});
}

void LocalProcesses::stop(const Order& order, const StopRecord& wish) {
  auto* run = find(order.run_id, order.fence);
  if (run != nullptr && run->phase != LocalRun::Phase::over) return end(*run, wish);
  if (run != nullptr) return tell_end(*run);
  stop_unknown(order, wish);
}

/// An earlier driver may have come as far as to start a supervisor, which is still to begin.
void LocalProcesses::stop_unknown(const Order& order, const StopRecord& wish) {
  const auto directory = RunDirectory::of(configuration_.directory, order.run_id, order.fence);
  LaunchPlan plan;
  plan.service_id = order.run_id;
  plan.fence = order.fence;
  plan.causation = order.origin.causation;
  plan.correlation = order.origin.correlation;
  if (directory.make()) {
    auto lock = directory.take_lock();
    if (!lock || directory.has_begun() || directory.has_ended()) {
      lock.reset();
      adopt(directory);
      if (auto* run = find(order.run_id, order.fence);
          run != nullptr && run->phase != LocalRun::Phase::over)
        end(*run, wish);
      return;
    }
    directory.write(ExitRecord{});
  }
  LocalRun run{directory, std::move(plan), LocalRun::Phase::over};
  const auto name = run.name();
  tell_end(runs_.insert_or_assign(name, std::move(run)).first->second);
}

void LocalProcesses::end_was_taken(const std::string& run_id, std::uint64_t fence) {
  auto* run = find(run_id, fence);
  if (run == nullptr || run->phase != LocalRun::Phase::over || run->directory.is_reported()) return;
  run->directory.mark_reported();
  std::error_code ignored;
  std::filesystem::remove_all(run->directory.work(), ignored);
  if (job_of_run(run_id)) {  // What its user wrote is only lent to the driver.
    run->directory.withdraw_launch();
    run->plan.environment.clear();
    run->plan.command.clear();
  }
  ended_.push_back(run->name());
  forget_old_runs();
}

void LocalProcesses::was_refused(const std::string& run_id, std::uint64_t fence) {
  auto* run = find(run_id, fence);
  if (run == nullptr) return;
  if (run->phase == LocalRun::Phase::over) return end_was_taken(run_id, fence);
  end(*run, {run->plan.grace_period_s, "", "", 0, ""});
}

LocalRun* LocalProcesses::find(const std::string& run_id, std::uint64_t fence) {
  const auto found = runs_.find(fmt::format("{}.{}", run_id, fence));
  return found == runs_.end() ? nullptr : &found->second;
}

bool LocalProcesses::is_stale(const Order& order) const {
  const auto seen = fences_.find(order.run_id);
  if (seen != fences_.end() && seen->second > order.fence) return true;
  return std::ranges::any_of(order.gpu_indices, [&](std::uint32_t index) {
    const auto holder = gpu_fences_.find(index);
    return holder != gpu_fences_.end() && holder->second > order.fence;
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

void LocalProcesses::fail_start(const Order& order, const RunDirectory& directory,
                                const LaunchFailure& failure) {
  LocalRun run{directory, {}, LocalRun::Phase::over};
  run.plan.service_id = order.run_id;
  run.plan.fence = order.fence;
  run.plan.causation = order.origin.causation;
  run.plan.correlation = order.origin.correlation;
  const ExitRecord exit{{}, {}, failure.code, failure.message};
  if (directory.make()) directory.write(exit);
  const auto name = run.name();
  const auto& kept = runs_.insert_or_assign(name, std::move(run)).first->second;
  if (job_of_run(order.run_id)) return tell_job_end(kept, exit);
  report(kept.plan, Service::ReportFailed{failure.code, failure.message, order.fence});
}

void LocalProcesses::launch(LocalRun& run) {
  run.phase = LocalRun::Phase::starting;
  watch(run);
  const auto spawned = spawn_supervisor(configuration_.supervisor, run.directory);
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
