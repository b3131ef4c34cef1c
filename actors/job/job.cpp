#include "actors/job/job.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "actors/job/job_change.hpp"
#include "actors/job/job_outcome.hpp"

namespace orrery {

using Answer = Decision<Job::Event, Job::Rejection>;
using Rejection = Job::Rejection;

namespace {

constexpr std::uint32_t node_count_max = 64;
constexpr std::uint32_t gpus_per_node_max = 16;
constexpr std::uint8_t percent_max = 100;

/// The last line of every table below.
Answer refuse(const Job::Absent&) { return Rejection::job_does_not_exist; }
Answer refuse(const Job::Ended&) { return Rejection::job_has_ended; }
Answer refuse(const auto&) { return Rejection::command_does_not_fit_state; }

/// A job that is not over.
template <class S>
concept Living = requires(const S& state) {
  state.core;
};

/// The number of its newest attempt.
std::uint32_t attempt_of(const Living auto& state) { return state.core.attempt; }

// What is asked for.

std::optional<Rejection> what_is_wrong_with(const JobSpecification& specification) {
  const auto& resources = specification.resources;
  if (specification.partitions.empty()) return Rejection::partitions_must_not_be_empty;
  if (resources.node_count == 0 || resources.node_count > node_count_max)
    return Rejection::node_count_must_be_1_to_64;
  if (resources.gpus_per_node > gpus_per_node_max)
    return Rejection::gpus_per_node_must_be_16_at_most;
  if (specification.time_limit_min == 0) return Rejection::time_limit_must_be_set;
  return std::nullopt;
}

/// The same request again. Without a name of its own, an equal one is another's: its sender takes
/// the next id. A task is named by its array.
bool is_retry(const JobSubmitted& known, const JobSubmitted& request) {
  if (request.task)
    return known.task && known.task->array_id == request.task->array_id &&
           known.task->task_id == request.task->task_id;
  return !request.request_id.empty() && request.request_id == known.request_id &&
         request.request_digest == known.request_digest;
}

Answer submit(const JobSubmitted& request) {
  if (const auto wrong = what_is_wrong_with(request.specification)) return *wrong;
  return happens<Answer>(request);
}

Answer change(const Job::Core& core, const JobChange& wish) {
  auto changed = core;
  apply_change(changed, wish);
  if (changed == core) return nothing_happens<Answer>();
  if (const auto wrong = what_is_wrong_with(changed.request.specification)) return *wrong;
  return happens<Answer>(JobChanged{wish});
}

Answer hold(const Job::Core& core, JobHold by) {
  if (by == JobHold::none || core.hold == by || core.hold == JobHold::admin)
    return nothing_happens<Answer>();
  return happens<Answer>(JobHeld{by});
}

Answer release(const Job::Core& core, JobHold by) {
  if (core.hold == JobHold::none) return nothing_happens<Answer>();
  if (core.hold == JobHold::admin && by != JobHold::admin)
    return Rejection::job_is_held_by_an_admin;
  return happens<Answer>(JobReleased{});
}

// One table a command: what it does in which state.

Answer decide_on(const Job::State& state, const Job::Submit& wish) {
  return std::visit(Match{
                        [&](const Job::Absent&) { return submit(wish.request); },
                        [&](const Living auto& known) -> Answer {
                          if (is_retry(known.core.request, wish.request))
                            return nothing_happens<Answer>();
                          return Rejection::job_exists_already;
                        },
                        [](const Job::Ended&) -> Answer { return Rejection::job_exists_already; },
                    },
                    state);
}

Answer decide_on(const Job::State& state, const Job::Hold& wish) {
  return std::visit(Match{
                        [&](const Job::Pending& known) { return hold(known.core, wish.by); },
                        [](const Living auto&) -> Answer { return Rejection::job_runs_already; },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

Answer decide_on(const Job::State& state, const Job::Release& wish) {
  return std::visit(Match{
                        [&](const Job::Pending& known) { return release(known.core, wish.by); },
                        [](const Living auto&) -> Answer { return Rejection::job_runs_already; },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

Answer decide_on(const Job::State& state, const Job::Change& wish) {
  return std::visit(Match{
                        [&](const Job::Pending& known) { return change(known.core, wish.change); },
                        [](const Job::Exited& known) { return refuse(known); },
                        [&](const Living auto& known) -> Answer {
                          if (!is_for_any_phase(wish.change)) return Rejection::job_runs_already;
                          return change(known.core, wish.change);
                        },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

/// What was decided for another wish than the job now has (it was changed meanwhile) is void: the
/// scheduler will have heard of the change.
Answer schedule(const Job::Core& core, const JobScheduled& decision) {
  if (decision.attempt != core.attempt + 1) return Rejection::attempt_is_stale;
  if (core.hold != JobHold::none) return Rejection::job_is_held;
  if (decision.time_limit_min == 0) return Rejection::time_limit_must_be_set;
  const auto& wish = core.request.specification;
  const bool is_wanted_there = std::ranges::count(wish.partitions, decision.partition) != 0;
  if (!is_wanted_there || decision.node_ids.size() < wish.resources.node_count)
    return Rejection::command_does_not_fit_state;
  return happens<Answer>(decision);
}

Answer decide_on(const Job::State& state, const Job::Schedule& wish) {
  return std::visit(
      Match{
          [&](const Job::Pending& known) { return schedule(known.core, wish.decision); },
          [&](const Job::Scheduled& known) -> Answer {
            if (known.decision == wish.decision) return nothing_happens<Answer>();
            return Rejection::attempt_is_stale;
          },
          [&](const Living auto& known) -> Answer {
            if (wish.decision.attempt == attempt_of(known)) return nothing_happens<Answer>();
            return Rejection::attempt_is_stale;
          },
          [](const auto& other) { return refuse(other); },
      },
      state);
}

Answer decide_on(const Job::State& state, const Job::Allocate& wish) {
  return std::visit(Match{
                        [&](const Job::Scheduled& known) -> Answer {
                          if (wish.attempt != attempt_of(known)) return Rejection::attempt_is_stale;
                          if (known.stop) return Rejection::command_does_not_fit_state;
                          if (wish.allocation.places.size() != known.decision.node_ids.size())
                            return Rejection::command_does_not_fit_state;
                          return happens<Answer>(wish.allocation);
                        },
                        [](const Job::Pending&) -> Answer { return Rejection::attempt_is_stale; },
                        [&](const Living auto& known) -> Answer {
                          if (wish.attempt != attempt_of(known)) return Rejection::attempt_is_stale;
                          return nothing_happens<Answer>();
                        },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

Answer decide_on(const Job::State& state, const Job::Unschedule& wish) {
  return std::visit(Match{
                        [&](const Job::Scheduled& known) -> Answer {
                          if (wish.attempt != attempt_of(known)) return Rejection::attempt_is_stale;
                          if (known.stop && !known.stop->goes_back)
                            return happens<Answer>(outcome_of(known.stop->reason));
                          return happens<Answer>(JobUnscheduled{wish.reason});
                        },
                        [&](const Job::Pending& known) -> Answer {
                          if (wish.attempt != attempt_of(known)) return Rejection::attempt_is_stale;
                          return nothing_happens<Answer>();
                        },
                        [](const Job::Ended&) { return nothing_happens<Answer>(); },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

/// Of a driver's word: `if_active(state)` decides for what is with a driver. What comes too late is
/// of no consequence; whoever was told to start with an older fence is refused.
template <class IfActive>
Answer hear_driver(const Job::State& state, std::uint64_t fence, IfActive if_active) {
  return std::visit(Match{
                        [](const Job::Absent& absent) { return refuse(absent); },
                        [&](const Job::Active& known) -> Answer {
                          if (fence < known.allocation.fence) return Rejection::fence_is_stale;
                          return if_active(known);
                        },
                        [](const Job::Exited&) { return nothing_happens<Answer>(); },
                        [](const Job::Ended&) { return nothing_happens<Answer>(); },
                        [](const auto&) -> Answer { return Rejection::fence_is_stale; },
                    },
                    state);
}

Answer decide_on(const Job::State& state, const Job::ReportStarted& report) {
  return hear_driver(state, report.fence, [](const Job::Active& known) {
    return known.is_running ? nothing_happens<Answer>() : happens<Answer>(JobStarted{});
  });
}

Answer decide_on(const Job::State& state, const Job::ReportUtilisation& report) {
  return hear_driver(state, report.fence, [&](const Job::Active& known) -> Answer {
    if (!known.is_running) return Rejection::job_does_not_run;
    const auto percent = std::min(report.gpu_percent, percent_max);
    if (percent == known.gpu_percent) return nothing_happens<Answer>();
    return happens<Answer>(JobUtilisationChanged{percent});
  });
}

Answer decide_on(const Job::State& state, const Job::ReportExited& report) {
  return hear_driver(state, report.fence,
                     [&](const Job::Active&) { return happens<Answer>(report.exit); });
}

Answer decide_on(const Job::State& state, const Job::Warn& wish) {
  return std::visit(Match{
                        [&](const Job::Active& known) -> Answer {
                          if (wish.attempt != attempt_of(known)) return Rejection::attempt_is_stale;
                          const auto bit = 1u << static_cast<unsigned>(wish.of);
                          if ((known.warnings & bit) != 0) return nothing_happens<Answer>();
                          return happens<Answer>(JobWarned{wish.of});
                        },
                        [](const Living auto&) -> Answer { return Rejection::attempt_is_stale; },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

/// The first word stands, but for somebody who wants it gone where it would have come back.
Answer stop_again(const JobStopRequested& known, const JobStopRequested& wish) {
  if (!known.goes_back || wish.goes_back) return nothing_happens<Answer>();
  return happens<Answer>(wish);
}

/// Whoever wants a job anew that may not start again would end it for good.
bool may_not_be_had_anew(const Job::Core& core, const JobStopRequested& wish) {
  return wish.reason == JobStopReason::requeued && wish.goes_back &&
         !core.request.specification.may_requeue;
}

/// What may not go back ends.
JobStopRequested as_allowed(const Job::Core& core, JobStopRequested wish) {
  wish.goes_back = wish.goes_back && core.request.specification.may_requeue;
  return wish;
}

/// What waits has nothing to give back.
Answer stop_waiting(const JobStopRequested& wish) {
  if (wish.goes_back) return nothing_happens<Answer>();
  return happens<Answer>(wish, outcome_of(wish.reason));
}

Answer decide_on(const Job::State& state, const Job::Stop& wish) {
  const auto is_of_another = [&](const Living auto& known) {
    return wish.attempt != 0 && wish.attempt != attempt_of(known);
  };
  return std::visit(Match{
                        [&](const Job::Pending&) -> Answer {
                          if (wish.attempt != 0) return Rejection::attempt_is_stale;
                          return stop_waiting(wish.request);
                        },
                        [&](const Job::Exited& known) -> Answer {
                          if (is_of_another(known)) return Rejection::attempt_is_stale;
                          if (!known.stop) return nothing_happens<Answer>();
                          return stop_again(*known.stop, as_allowed(known.core, wish.request));
                        },
                        [&](const Living auto& known) -> Answer {
                          if (is_of_another(known)) return Rejection::attempt_is_stale;
                          if (may_not_be_had_anew(known.core, wish.request)) return refuse(known);
                          const auto request = as_allowed(known.core, wish.request);
                          return known.stop ? stop_again(*known.stop, request)
                                            : happens<Answer>(request);
                        },
                        [](const Job::Ended&) { return nothing_happens<Answer>(); },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

Answer decide_on(const Job::State& state, const Job::Signal& wish) {
  return std::visit(Match{
                        [&](const Job::Active& known) -> Answer {
                          if (!known.is_running) return Rejection::job_does_not_run;
                          return happens<Answer>(wish.signal);
                        },
                        [](const Living auto&) -> Answer { return Rejection::job_does_not_run; },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

Answer decide_on(const Job::State& state, const Job::Finish& wish) {
  return std::visit(Match{
                        [](const Job::Absent& absent) { return refuse(absent); },
                        [&](const Job::Exited& known) -> Answer {
                          if (wish.attempt != attempt_of(known)) return Rejection::attempt_is_stale;
                          if (known.stop && known.stop->goes_back)
                            return happens<Answer>(
                                JobRequeued{known.stop->reason, wish.begin_time_s, JobHold::none});
                          return happens<Answer>(outcome_of(known.stop, known.exit));
                        },
                        [](const Job::Ended&) { return nothing_happens<Answer>(); },
                        [&](const Job::Pending& known) -> Answer {
                          if (wish.attempt > attempt_of(known)) return refuse(known);
                          return nothing_happens<Answer>();
                        },
                        [&](const Living auto& known) -> Answer {
                          if (wish.attempt >= attempt_of(known)) return refuse(known);
                          return nothing_happens<Answer>();
                        },
                    },
                    state);
}

Answer note_mail(std::uint32_t attempt, std::uint16_t noted, const Job::NoteMail& wish) {
  if (wish.attempt != attempt) return Rejection::attempt_is_stale;
  if (!std::has_single_bit(wish.type)) return Rejection::command_does_not_fit_state;
  if ((noted & wish.type) != 0) return nothing_happens<Answer>();
  return happens<Answer>(JobMailNoted{wish.type});
}

Answer decide_on(const Job::State& state, const Job::NoteMail& wish) {
  return std::visit(Match{
                        [](const Job::Absent& absent) { return refuse(absent); },
                        [&](const Job::Ended& known) {
                          return note_mail(known.attempt, known.mails_noted, wish);
                        },
                        [&](const auto& known) {
                          return note_mail(attempt_of(known), known.core.mails_noted, wish);
                        },
                    },
                    state);
}

}  // namespace

Answer Job::decide(const State& state, const Command& command) {
  return std::visit([&](const auto& wanted) { return decide_on(state, wanted); }, command);
}

}  // namespace orrery
