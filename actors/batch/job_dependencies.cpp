#include <algorithm>

#include "actors/batch/job_book.hpp"

namespace orrery::batch {
namespace {

using Kind = JobDependencyKind;
using State = DependencyState;

State yes_or_never(bool yes) { return yes ? State::satisfied : State::never; }

}  // namespace

State JobBook::state_of_job(Kind kind, std::uint32_t id) const {
  if (const auto* job = find(id))
    return kind == Kind::after && job->has_started ? State::satisfied : State::waiting;
  // Who isn't known, or forgotten, keeps nobody waiting.
  const auto outcome = past_.outcome_of(id);
  if (!outcome) return State::satisfied;
  const bool completed = *outcome == JobOutcome::completed;
  switch (kind) {
    case Kind::after_ok:
    case Kind::after_corresponding:
      return yes_or_never(completed);
    case Kind::after_not_ok:
      return yes_or_never(!completed);
    default:
      return State::satisfied;
  }
}

State JobBook::state_of_array(Kind kind, const ArrayRecord& array) const {
  const auto count = array.task_ids.size();
  const bool all_ended = array.ended_count >= count;
  const bool some_failed = array.completed_count < array.ended_count;
  switch (kind) {
    case Kind::after:
      return array.started_count >= count ? State::satisfied : State::waiting;
    case Kind::after_ok:
      if (some_failed) return State::never;
      return all_ended ? State::satisfied : State::waiting;
    case Kind::after_not_ok:
      return all_ended ? yes_or_never(some_failed) : State::waiting;
    default:
      return all_ended ? State::satisfied : State::waiting;
  }
}

State JobBook::state_of(const JobDependency& dependency, const QueuedJob& job) const {
  // The plan sees to singletons: it knows all jobs at once.
  if (dependency.kind == Kind::singleton) return State::satisfied;
  const auto* others = array(dependency.job_id);
  if (others == nullptr) return state_of_job(dependency.kind, dependency.job_id);
  if (dependency.kind != Kind::after_corresponding) return state_of_array(dependency.kind, *others);
  const auto& tasks = others->task_ids;
  const auto task = std::lower_bound(tasks.begin(), tasks.end(), job.task_id);
  if (job.array_id == 0 || task == tasks.end() || *task != job.task_id) return State::never;
  const auto place = static_cast<std::uint32_t>(task - tasks.begin());
  return state_of_job(dependency.kind, dependency.job_id + place);
}

State JobBook::dependency_state(const QueuedJob& job) const {
  if (!job.has_dependencies) return State::satisfied;
  const auto& waits = waits_.at(job.id);
  bool some_satisfied = false;
  bool some_waiting = false;
  bool some_never = false;
  for (const auto& dependency : waits.dependencies) {
    const auto state = state_of(dependency, job);
    some_satisfied |= state == State::satisfied;
    some_waiting |= state == State::waiting;
    some_never |= state == State::never;
  }
  if (waits.any) {
    if (some_satisfied) return State::satisfied;
    return some_waiting ? State::waiting : State::never;
  }
  if (some_never) return State::never;
  return some_waiting ? State::waiting : State::satisfied;
}

bool JobBook::is_singleton(const QueuedJob& job) const {
  return job.has_dependencies && waits_.at(job.id).has_singleton();
}

bool WaitsFor::has_singleton() const {
  return std::any_of(dependencies.begin(), dependencies.end(),
                     [](const JobDependency& one) { return one.kind == Kind::singleton; });
}

}  // namespace orrery::batch
