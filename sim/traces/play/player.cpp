#include "sim/traces/play/player.hpp"

#include <algorithm>
#include <cassert>
#include <queue>
#include <tuple>
#include <utility>

#include "sim/seeded_random.hpp"

namespace orrery::play {
namespace {

/// Told of progress once for so many jobs.
constexpr std::uint64_t jobs_per_telling = 4'096;
/// A hundred years: longer than any job, and short enough for sums of a whole trace.
constexpr std::int64_t run_ms_max = std::int64_t{100} * 366 * 24 * 3'600 * 1'000;

std::int64_t run_ms_of(const TraceJob& job) {
  return std::clamp<std::int64_t>(job.run_ms, 0, run_ms_max);
}

auto key_of(const Shape& shape) {
  return std::tuple(shape.whole_node_count, shape.rest.of_node.gpu_count, shape.rest.gpu_milli,
                    shape.rest.of_node.cpu_count, shape.rest.of_node.memory_mib,
                    shape.whole.of_node.cpu_count, shape.whole.of_node.memory_mib, shape.has_rest);
}

std::size_t tenant_count_of(const Trace& trace) {
  std::size_t count = trace.tenants.size();
  for (const auto& job : trace.jobs)
    count = std::max<std::size_t>(count, job.tenant + std::size_t{1});
  return count;
}

}  // namespace

Expectations::Expectations(const Trace& trace, const TraceRunSettings& settings) {
  const Shapes shapes_of_cluster(settings.cluster);
  std::map<decltype(key_of(Shape{})), std::uint32_t> numbers;
  SeededRandom random(settings.seed);
  constexpr std::size_t steps = 1'000'000;
  const auto excess_max = std::clamp(settings.estimates.overestimate_max, 1.0, 1'000.0) - 1;
  shape_of_job.reserve(trace.jobs.size());
  expected_ms.reserve(trace.jobs.size());
  for (const auto& job : trace.jobs) {
    const auto shape = shapes_of_cluster.of(job);
    const auto [found, is_new] =
        numbers.emplace(key_of(shape), static_cast<std::uint32_t>(shapes.size()));
    if (is_new) shapes.push_back(shape);
    shape_of_job.push_back(found->second);

    // Drawn for every job, so that one with a limit doesn't change what others get.
    const auto excess = excess_max * static_cast<double>(random.below(steps + 1)) / steps;
    const auto run_ms = run_ms_of(job);
    const bool has_limit = settings.estimates.use_limits && job.limit_ms > 0;
    const auto guess_ms =
        has_limit ? std::min(job.limit_ms, run_ms_max)
                  : run_ms + static_cast<std::int64_t>(static_cast<double>(run_ms) * excess);
    expected_ms.push_back(std::max(run_ms, guess_ms));
  }
}

Player::Player(const Trace& trace, const TraceRunSettings& settings)
    : trace_(trace),
      settings_(settings),
      expectations_(trace, settings),
      machines_(settings.cluster, settings.policy.strategy),
      runs_(machines_.node_count(), settings.policy.backfills),
      queue_(trace, settings.policy.order, expectations_.shape_of_job, expectations_.expected_ms,
             static_cast<std::uint32_t>(expectations_.shapes.size())),
      promise_(machines_, runs_),
      usages_(tenant_count_of(trace), settings.fairshare_half_life_min),
      sampler_(settings.sample_count_max, trace.jobs.empty() ? 0 : trace.jobs.back().submit_ms),
      outcomes_(trace.jobs.size()) {
  assert(std::is_sorted(trace.jobs.begin(), trace.jobs.end(),
                        [](const auto& a, const auto& b) { return a.submit_ms < b.submit_ms; }));
  for (const auto& shape : expectations_.shapes)
    could_be_held_.push_back(machines_.could_hold(shape));
  for (std::uint32_t job = 0; job < outcomes_.size(); ++job) outcomes_[job].job = job;
}

TraceResult Player::run() {
  while (next_submission_ < trace_.jobs.size() || !runs_.empty()) {
    const auto moment_ms = next_moment();
    sampler_.hold_until(moment_ms, [this] { return figures(); });
    now_ms_ = moment_ms;
    end_runs();
    submit_jobs();
    schedule();
    if (settled_count_ >= told_count_ + jobs_per_telling) tell_progress();
  }
  assert(queue_.job_count() == 0);
  tell_progress();
  TraceResult result;
  sum_up(result);
  result.samples = sampler_.take();
  result.jobs = std::move(outcomes_);
  return result;
}

std::int64_t Player::next_moment() const {
  if (runs_.empty()) return trace_.jobs[next_submission_].submit_ms;
  if (next_submission_ == trace_.jobs.size()) return runs_.first_end_ms();
  return std::min(trace_.jobs[next_submission_].submit_ms, runs_.first_end_ms());
}

void Player::end_runs() {
  while (!runs_.empty() && runs_.first_end_ms() == now_ms_) {
    const auto number = runs_.first();
    const auto& run = runs_[number];
    runs_.remove(number);
    machines_.give_back(*run.shape, run.parts);
    if (settings_.policy.backfills) {
      may_come_sooner_ |= run.expected_end_ms > now_ms_ && promise_.may_come_sooner(run.parts);
      promise_.look_again_at(run.parts);
    }
    if (settings_.policy.order == TraceOrder::fairshare)
      usages_.change(trace_.jobs[run.job].tenant,
                     -static_cast<std::int64_t>(run.shape->gpu_milli_sum), now_ms_);
    has_freed_ = true;
    ++settled_count_;
  }
}

void Player::submit_jobs() {
  submitted_shapes_.clear();
  for (;
       next_submission_ < trace_.jobs.size() && trace_.jobs[next_submission_].submit_ms <= now_ms_;
       ++next_submission_) {
    const auto shape = expectations_.shape_of_job[next_submission_];
    if (!could_be_held_[shape]) {
      ++settled_count_;
      continue;
    }
    queue_.add(next_submission_);
    submitted_shapes_.push_back(shape);
  }
}

void Player::schedule() {
  if (queue_.job_count() == 0) return;
  if (settings_.policy.order == TraceOrder::fairshare && queue_.job_count() > 1 &&
      usages_.are_due(now_ms_))
    queue_.set_ranks(usages_.ranks(now_ms_));
  const bool has_freed = has_freed_;
  start_in_turn();
  if (settings_.policy.backfills && queue_.job_count() > 1) backfill(has_freed);
}

void Player::start_in_turn() {
  while (const auto first = queue_.first()) {
    if (first->job == stuck_ && !has_freed_) break;
    if (promise_.job() != first->job) promise_.drop();
    if (!start(first->job, Stay::until_promise)) {
      stuck_ = first->job;
      break;
    }
  }
  has_freed_ = false;
}

// Backfill.

void Player::backfill(bool has_freed) {
  const auto first = queue_.first()->job;
  const bool may_come_sooner = std::exchange(may_come_sooner_, false);
  const bool is_new = promise_.job() != first || may_come_sooner;
  if (is_new) promise_.make(first, shape_of(first), now_ms_);
  if (is_new || has_freed) return fill(queue_.shapes());
  // Who didn't fit before doesn't now: only the promise has come nearer.
  fill(submitted_shapes_);
}

void Player::fill(std::span<const std::uint32_t> shapes) {
  NoRoom no_room;
  std::priority_queue<Considered, std::vector<Considered>, std::greater<>> waiting;
  const auto consider = [&](std::uint32_t shape) {
    if (const auto candidate = candidate_of(shape, no_room))
      waiting.push({candidate->turn, shape, start_count_});
  };
  for (const auto shape : shapes) consider(shape);
  while (!waiting.empty()) {
    const auto next = waiting.top();
    waiting.pop();
    // Others have started since: it may not fit any more, or only a later one of its shape.
    if (next.start_count == start_count_) {
      const auto candidate = candidate_of(next.shape, no_room);
      start(candidate->turn.job, candidate->stay);
    }
    consider(next.shape);
  }
}

std::optional<Player::Candidate> Player::candidate_of(std::uint32_t number, NoRoom& no_room) {
  const auto& shape = expectations_.shapes[number];
  if (no_room.covers(shape)) return std::nullopt;
  if (!machines_.fits(shape, Stay::until_promise)) {
    no_room.note(shape);
    return std::nullopt;
  }
  const auto left_ms = promise_.due_ms() - now_ms_;
  const auto expected_ms_max = machines_.fits(shape, Stay::beyond) ? Line::anything : left_ms;
  const auto turn = queue_.first_of(number, expected_ms_max);
  if (!turn) return std::nullopt;
  const bool ends_by_then = expectations_.expected_ms[turn->job] <= left_ms;
  return Candidate{*turn, ends_by_then ? Stay::until_promise : Stay::beyond};
}

bool Player::start(std::uint32_t job, Stay stay) {
  Run run;
  const auto& shape = shape_of(job);
  if (!machines_.place(shape, stay, run.parts)) return false;
  if (promise_.job() == job) promise_.drop();
  queue_.remove(job);
  run.job = job;
  run.shape = &shape;
  run.end_ms = now_ms_ + run_ms_of(trace_.jobs[job]);
  run.expected_end_ms = now_ms_ + expectations_.expected_ms[job];
  outcomes_[job] = {job, now_ms_, run.end_ms};
  if (settings_.on_start) settings_.on_start({job, now_ms_, run.expected_end_ms, run.parts});
  const auto number = runs_.add(std::move(run));
  promise_.look_again_at(runs_[number].parts);
  if (settings_.policy.order == TraceOrder::fairshare)
    usages_.change(trace_.jobs[job].tenant, static_cast<std::int64_t>(shape.gpu_milli_sum),
                   now_ms_);
  ++start_count_;
  return true;
}

// What is told.

void Player::tell_progress() {
  told_count_ = settled_count_;
  if (settings_.progress) settings_.progress(settled_count_, trace_.jobs.size());
}

TraceSample Player::figures() const {
  const auto narrow = [](std::uint64_t count) {
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(count, ~std::uint32_t{0}));
  };
  TraceSample sample;
  sample.gpus_in_use = narrow((machines_.gpu_milli_in_use() + 500) / 1'000);
  sample.waiting_jobs = narrow(queue_.job_count());
  sample.waiting_gpus = narrow(queue_.gpu_count());
  sample.fragmented_gpus = narrow(machines_.fragmented_gpu_count());
  return sample;
}

void Player::sum_up(TraceResult& result) const {
  double gpu_ms = 0;
  for (const auto& outcome : outcomes_) {
    if (outcome.start_ms < 0) continue;
    result.makespan_ms = std::max(result.makespan_ms, outcome.end_ms);
    gpu_ms += static_cast<double>(outcome.end_ms - outcome.start_ms) *
              static_cast<double>(shape_of(outcome.job).gpu_milli_sum) / 1'000;
  }
  const auto there_ms =
      static_cast<double>(result.makespan_ms) * static_cast<double>(settings_.cluster.gpu_count());
  constexpr double ms_per_hour = 3'600'000;
  result.gpu_hours = gpu_ms / ms_per_hour;
  result.cost = result.gpu_hours * settings_.price_per_gpu_hour;
  if (there_ms > 0)
    result.utilisation_permille = static_cast<std::uint32_t>(gpu_ms / there_ms * 1'000 + 0.5);
}

}  // namespace orrery::play
