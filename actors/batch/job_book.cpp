#include "actors/batch/job_book.hpp"

#include <algorithm>
#include <utility>

namespace orrery::batch {
namespace {

constexpr std::size_t array_count_max = 4'096;

/// FNV-1a: the same in every build, since it is saved.
std::uint64_t hash_of(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

auto by_id = [](const QueuedJob& job, std::uint32_t id) { return job.id < id; };

}  // namespace

std::int64_t Run::ends_s(std::int64_t now_s, std::uint32_t grace_s) const {
  const auto from_s = started_s != 0 ? started_s : std::max(placed_s, now_s);
  auto end_s = from_s + std::int64_t{time_limit_min} * 60 + grace_s;
  if (const auto told_s = std::max(stopping_s, told_to_stop_s); told_s != 0)
    end_s = std::min(end_s, told_s + grace_s);
  // What is overdue ends any moment, but nobody knows which.
  return std::max(end_s, now_s + std::max<std::int64_t>(1, grace_s));
}

void JobBook::submit(std::uint32_t id, const JobSubmitted& event, std::uint32_t association,
                     std::int64_t at_s) {
  const auto& asked = event.specification;
  QueuedJob job;
  job.id = id;
  job.shape = shapes_.add({asked.partitions, asked.qos, asked.resources, asked.nodes});
  job.association = association;
  if (event.task) {
    job.array_id = event.task->array_id;
    job.task_id = event.task->task_id;
    if (const auto array = arrays_.find(job.array_id); array != arrays_.end())
      ++array->second.submitted_count;
  }
  job.time_limit_min = asked.time_limit_min;
  job.time_limit_min_least = asked.time_limit_min_least;
  job.nice = asked.nice;
  job.name_hash = hash_of(asked.name);
  job.submitted_s = at_s;
  job.begin_time_s = asked.begin_time_s;
  job.hold = event.hold;
  job.may_requeue = asked.may_requeue;
  set_dependencies(job, {asked.dependencies, asked.any_dependency});
  ++waiting_count_;
  if (jobs_.empty() || jobs_.back().id < id) {
    jobs_.push_back(job);
  } else {
    jobs_.insert(std::lower_bound(jobs_.begin(), jobs_.end(), id, by_id), job);
  }
}

void JobBook::set_dependencies(QueuedJob& job, WaitsFor waits) {
  if (const auto known = waits_.find(job.id); known != waits_.end()) {
    if (known->second.has_singleton()) --singleton_count_;
    waits_.erase(known);
  }
  job.has_dependencies = !waits.dependencies.empty();
  if (!job.has_dependencies) return;
  if (waits.has_singleton()) ++singleton_count_;
  waits_.emplace(job.id, std::move(waits));
}

void JobBook::change(QueuedJob& job, const JobChange& change) {
  if (change.partitions || change.qos || change.resources || change.nodes) {
    auto shape = shapes_[job.shape];
    if (change.partitions) shape.partitions = *change.partitions;
    if (change.qos) shape.qos = *change.qos;
    if (change.resources) shape.resources = *change.resources;
    if (change.nodes) shape.nodes = *change.nodes;
    const auto before = std::exchange(job.shape, shapes_.add(std::move(shape)));
    shapes_.remove(before);
  }
  if (change.name) job.name_hash = hash_of(*change.name);
  if (change.time_limit_min) {
    job.time_limit_min = *change.time_limit_min;
    if (auto* run = run_of(job.id)) run->time_limit_min = *change.time_limit_min;
  }
  if (change.nice) job.nice = *change.nice;
  if (change.priority) job.priority = *change.priority;
  if (change.begin_time_s) job.begin_time_s = *change.begin_time_s;
  if (change.may_requeue) job.may_requeue = *change.may_requeue;
  if (change.dependencies) {
    const auto known = waits_.find(job.id);
    set_dependencies(job, {*change.dependencies, known != waits_.end() && known->second.any});
  }
}

void JobBook::place(QueuedJob& job, Run run) {
  if (!std::exchange(job.is_placed, true)) --waiting_count_;
  runs_[job.id] = std::move(run);
}

void JobBook::take_back(QueuedJob& job) {
  if (!std::exchange(job.is_placed, false)) return;
  ++waiting_count_;
  runs_.erase(job.id);
}

void JobBook::forget_assumptions() {
  std::vector<std::uint32_t> assumed;
  for (auto& [id, run] : runs_) {
    run.told_to_stop_s = 0;
    if (run.is_assumed) assumed.push_back(id);
  }
  for (const auto id : assumed) take_back(*find(id));
}

void JobBook::start(QueuedJob& job, std::int64_t at_s) {
  auto* run = run_of(job.id);
  if (run == nullptr || run->started_s != 0) return;
  run->started_s = at_s;
  note_start(job);
}

/// Once, however often it runs.
void JobBook::note_start(QueuedJob& job) {
  if (std::exchange(job.has_started, true)) return;
  if (const auto array = arrays_.find(job.array_id); array != arrays_.end())
    ++array->second.started_count;
}

void JobBook::end(QueuedJob& job, JobOutcome outcome) {
  note_start(job);  // For who waits for that: it never will any more.
  if (const auto array = arrays_.find(job.array_id); array != arrays_.end()) {
    ++array->second.ended_count;
    if (outcome == JobOutcome::completed) ++array->second.completed_count;
  }
  past_.note(job.id, outcome);
  set_dependencies(job, {});
  shapes_.remove(job.shape);
  if (!job.is_placed) --waiting_count_;
  runs_.erase(job.id);
  job.has_ended = true;
  if (++ended_count_ > jobs_.size() / 2) compact();
}

void JobBook::compact() {
  std::erase_if(jobs_, [](const QueuedJob& job) { return job.has_ended; });
  ended_count_ = 0;
}

void JobBook::submit_array(std::uint32_t id, const JobArraySubmitted& event) {
  arrays_[id] = {event.task_ids, event.running_max, 0, 0, 0, 0};
  if (arrays_.size() > array_count_max) forget_old_arrays();
}

void JobBook::cancel_array(std::uint32_t id) {
  const auto found = arrays_.find(id);
  if (found == arrays_.end()) return;
  auto& array = found->second;
  const auto count = static_cast<std::uint32_t>(array.task_ids.size());
  const auto missing = count - std::min(count, std::exchange(array.submitted_count, count));
  array.started_count += missing;
  array.ended_count += missing;
}

void JobBook::forget_old_arrays() {
  for (auto array = arrays_.begin(); array != arrays_.end() && arrays_.size() > array_count_max;)
    array = array->second.ended_count >= array->second.task_ids.size() ? arrays_.erase(array)
                                                                       : std::next(array);
}

const QueuedJob* JobBook::find(std::uint32_t id) const {
  const auto found = std::lower_bound(jobs_.begin(), jobs_.end(), id, by_id);
  return found == jobs_.end() || found->id != id || found->has_ended ? nullptr : &*found;
}

QueuedJob* JobBook::find(std::uint32_t id) {
  return const_cast<QueuedJob*>(std::as_const(*this).find(id));
}

Run* JobBook::run_of(std::uint32_t id) {
  const auto found = runs_.find(id);
  return found == runs_.end() ? nullptr : &found->second;
}

const ArrayRecord* JobBook::array(std::uint32_t id) const {
  const auto found = arrays_.find(id);
  return found == arrays_.end() ? nullptr : &found->second;
}

}  // namespace orrery::batch
