#include "drivers/slurm/runs/slurm_runs.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "drivers/runs/job_planning.hpp"
#include "drivers/slurm/claim/signal_orders.hpp"
#include "drivers/slurm/runs/attempt_files.hpp"
#include "drivers/slurm/runs/run_reports.hpp"

namespace orrery {
namespace {

/// Runs that something is awaited of are looked at so often.
constexpr std::chrono::milliseconds round_interval{100};

/// Jobs don't begin in the folder that the server began in.
SlurmConfiguration with_whole_paths(SlurmConfiguration configuration) {
  for (auto* path : {&configuration.directory, &configuration.recipes, &configuration.homes})
    if (!path->empty()) *path = std::filesystem::absolute(*path).lexically_normal();
  return configuration;
}

/// Said again, it changes nothing: neither the time that is left, nor what its user reads of it.
bool is_same_wish(const StopRecord& one, const StopRecord& other) {
  return one.grace_period_s == other.grace_period_s && one.signal == other.signal &&
         one.code == other.code && one.message == other.message;
}

}  // namespace

SlurmRuns::SlurmRuns(SlurmConfiguration configuration, Surroundings surroundings)
    : configuration_(with_whole_paths(std::move(configuration))),
      surroundings_(std::move(surroundings)),
      ports_(configuration_.port_first, configuration_.port_last) {}

SlurmRuns::~SlurmRuns() = default;

void SlurmRuns::at(Moment now) {
  now_ = now;
  if (now >= next_round_) {
    next_round_ = now + round_interval;
    for (const auto& name : std::exchange(restless_, {}))
      if (auto* run = find(name)) step(*run);
  }
  hand_over_is_ahead_ = now < next_hand_over_;
  if (!hand_over_is_ahead_) hand_over_waiting();
}

// What is told.

void SlurmRuns::start(const StartService& start) {
  begin({start.service_id, {start.node_id}, start.fence, start.origin},
        [&](std::span<const SlurmPlace> places, const RunDirectory& directory) {
          return plan_on_slurm(configuration_, start, places, directory,
                               ports_.at(places.front().address));
        });
}

void SlurmRuns::start(const StartJob& start) {
  Order order{run_id_of_job(start.job_id), {}, start.fence, start.origin, start.attempt};
  for (const auto& place : start.places) order.node_ids.push_back(place.node_id);
  if (order.node_ids.empty()) order.node_ids.push_back(start.node_id);
  begin(order, [&](std::span<const SlurmPlace> places, const RunDirectory& directory) {
    return plan_on_slurm(configuration_, start, places, directory,
                         ports_.at(places.front().address));
  });
}

void SlurmRuns::start(const StartInstance& start) {
  begin({run_id_of_instance(start.instance_id), {start.node_id}, start.fence, start.origin},
        [&](std::span<const SlurmPlace> places, const RunDirectory& directory) {
          return plan_on_slurm(configuration_, start, places, directory,
                               ports_.at(places.front().address));
        });
}

void SlurmRuns::stop(const StopService& stop) {
  this->stop({stop.service_id, {}, stop.fence, stop.origin}, {stop.grace_period_s, "", "", 0, ""});
}

void SlurmRuns::stop(const StopJob& stop) {
  StopRecord wish;
  const bool is_killed = stop.signal == static_cast<std::uint32_t>(SIGKILL);
  wish.grace_period_s = is_killed ? 0 : stop.grace_period_s;
  wish.signal = stop.signal;
  wish.notice = notice_of_end(stop);
  this->stop({run_id_of_job(stop.job_id), {}, stop.fence, stop.origin}, wish);
}

void SlurmRuns::stop(const StopInstance& stop) {
  const auto run_id = run_id_of_instance(stop.instance_id);
  const Order order{run_id, {}, stop.fence, stop.origin};
  take_up_for_stop(order).snapshot = stop.snapshot;
  this->stop(order, {stop.grace_period_s, "", "", 0, ""});
}

/// Its guard hears of it by the run directory, from Slurm that it is to look there.
void SlurmRuns::signal(const SignalJob& signal) {
  auto* run = find(fmt::format("{}.{}", run_id_of_job(signal.job_id), signal.fence));
  if (run == nullptr || run->is_over || !run->directory.has_begun()) return;
  const SignalOrder order{signal.number, signal.signal, signal.to_script_only};
  if (!tell_signal(run->directory, order) || !run->job) return;
  surroundings_.call(SignalCall{run->job->id, run->job->name, look_signal});
}

SlurmRuns::Run* SlurmRuns::find(std::string_view name) {
  const auto found = runs_.find(name);
  return found == runs_.end() ? nullptr : &found->second;
}

void SlurmRuns::begin(const Order& order, const MakePlan& make_plan) {
  const auto name = fmt::format("{}.{}", order.run_id, order.fence);
  auto* run = find(name);
  if (run == nullptr) {
    const auto seen = fences_.find(order.run_id);
    if (seen != fences_.end() && seen->second > order.fence) return;
    run = &take_up(name);
  }
  run->is_wanted = true;
  if (run->is_over) return tell_end(*run);
  run->building_is_told = run->launch_is_told = false;
  if (!run->is_claimed() && !run->has_failed && run->submission.order.nodes.empty())
    plan(*run, order, make_plan);
  if (run->is_over) return;
  end_those_before(*run);
  step(*run);
}

/// Where it was planned before and no attempt was claimed, by the new plan from now on.
void SlurmRuns::plan(Run& run, const Order& order, const MakePlan& make_plan) {
  run.plan.causation = order.origin.causation;
  run.plan.correlation = order.origin.correlation;
  std::vector<SlurmPlace> places;
  for (const auto& node_id : order.node_ids) {
    places.push_back(surroundings_.place_of(node_id));
    if (places.back().name.empty())
      return fail(run, {"node_is_unknown", fmt::format("Slurm has no node for {}.", node_id)});
  }
  if (!make_run_directory(run.directory))
    return fail(run, {"start_failed",
                      fmt::format("{}: {}.", run.directory.path().string(), std::strerror(errno))});
  auto made = make_plan(places, run.directory);
  if (!made) return fail(run, made.error());
  made->launch.service_id = order.run_id;
  made->launch.fence = order.fence;
  made->launch.causation = order.origin.causation;
  made->launch.correlation = order.origin.correlation;
  run.plan = std::move(made->launch);
  run.submission = {std::move(made->order), order.node_ids.front(), order.job_attempt};
  run.is_written = false;
}

SlurmRuns::Run& SlurmRuns::take_up_for_stop(const Order& order) {
  const auto name = fmt::format("{}.{}", order.run_id, order.fence);
  if (auto* known = find(name)) return *known;
  auto& run = take_up(name);
  run.plan.causation = order.origin.causation;
  run.plan.correlation = order.origin.correlation;
  return run;
}

void SlurmRuns::stop(const Order& order, StopRecord wish) {
  auto& run = take_up_for_stop(order);
  run.stop_is_told = true;
  if (!run.is_over) return end(run, wish);
  run.stop = std::move(wish);
  tell_end(run);
}

void SlurmRuns::end(Run& run, const StopRecord& wish) {
  if (run.is_over) return;
  auto merged = wish;
  if (run.stop && wish.code.empty()) {
    merged.code = run.stop->code;
    merged.message = run.stop->message;
  }
  if (!run.stop || !is_same_wish(*run.stop, merged)) {
    run.stop = merged;
    run.stop_is_written = false;
  }
  run.signal_at = now_;
  step(run);
}

/// Who runs by an older fence has lost its place.
void SlurmRuns::end_those_before(const Run& run) {
  std::vector<Run*> older;
  for (const auto& [fence, other] : living_[run.plan.service_id])
    if (fence < run.plan.fence && !other->stop) older.push_back(other);
  for (auto* other : older) end(*other, {other->plan.grace_period_s, "", "", 0, ""});
}

bool SlurmRuns::must_wait(const Run& run) const {
  const auto found = living_.find(run.plan.service_id);
  return found != living_.end() && !found->second.empty() &&
         found->second.begin()->first < run.plan.fence;
}

// What happens.

void SlurmRuns::step(Run& run) {
  if (run.is_over) return;
  if (std::holds_alternative<SlurmRun::Ended>(run.state)) return finish(run);
  if (run.is_commanded) return;
  if (run.stop && !run.is_withdrawn()) return command(run, SlurmRun::Withdraw{});
  if (run.is_claimed()) return watch(run);
  if (run.is_withdrawn() || run.has_failed) return clear_out(run);
  see_attempt_through(run);
}

void SlurmRuns::command(Run& run, SlurmRun::Command command) {
  run.is_commanded = true;
  report(run, To<SlurmRun>{run.name(), std::move(command)});
}

void SlurmRuns::reread(Run& run) {
  const bool was_claimed = run.is_claimed();
  run.state = surroundings_.read(run.name());
  if (run.is_claimed() && !was_claimed) {
    run.absences = 0;
    run.blind_until = looks_begun_;
  }
  if (run.is_claimed() || SlurmRun::is_terminal(run.state)) unclaimed_.erase(run.arrival);
}

void SlurmRuns::accepted(const AddressedCommand& command) {
  if (const auto end = end_of_report(command)) return end_was_taken(end->run_id, end->fence);
  const auto* told = std::get_if<To<SlurmRun>>(&command);
  auto* run = told == nullptr ? nullptr : find(told->id);
  if (run == nullptr) return;
  run->is_commanded = false;
  reread(*run);
  if (const auto* request = std::get_if<SlurmRun::RequestSubmit>(&told->command))
    run->is_to_submit = run->is_in_attempt() && run->attempt() == request->request.attempt;
  step(*run);
}

/// Whatever a run's stream refused, it says now what is true instead.
void SlurmRuns::refused(const RefusedCommand& refused) {
  if (const auto unwanted = unwanted_by(refused))
    return was_not_wanted(unwanted->run_id, unwanted->fence);
  const auto* told = std::get_if<Rejected<SlurmRun>>(&refused);
  auto* run = told == nullptr ? nullptr : find(told->id);
  if (run == nullptr) return;
  run->is_commanded = false;
  reread(*run);
  step(*run);
}

void SlurmRuns::look_at_claims() {
  for (auto next = unclaimed_.begin(); next != unclaimed_.end();) {
    auto& run = *(next++)->second;  // It may leave.
    if (!run.is_in_attempt() || run.is_commanded) continue;
    reread(run);
    if (run.is_claimed()) step(run);
  }
}

std::set<std::string, std::less<>> SlurmRuns::living() const {
  std::set<std::string, std::less<>> result;
  for (const auto& [run_id, runs] : living_) result.insert(run_id);
  return result;
}

}  // namespace orrery
