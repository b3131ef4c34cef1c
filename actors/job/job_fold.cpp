#include <utility>

#include "actors/job/job.hpp"
#include "actors/job/job_change.hpp"

namespace orrery {
namespace {

/// Changes the state in place, whatever it is, where `edit` takes it.
template <class Edit>
Job::State with(Job::State state, Edit edit) {
  std::visit(
      [&]<class S>(S& known) {
        if constexpr (requires { edit(known); }) edit(known);
      },
      state);
  return state;
}

/// What is remembered of a living job; a new one's where there is none.
Job::Core core_of(Job::State& state) {
  return std::visit(
      []<class S>(S& known) -> Job::Core {
        if constexpr (requires { known.core; }) return std::move(known.core);
        return {};
      },
      state);
}

std::uint8_t bit_of(JobWarning warning) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(warning));
}

void forget_warning(Job::Active& active, JobWarning warning) {
  active.warnings = static_cast<std::uint8_t>(active.warnings & ~bit_of(warning));
}

Job::State change(Job::State state, const JobChange& change) {
  state = with(
      std::move(state), [&](auto& known) requires requires { known.core; } {
        apply_change(known.core, change);
      });
  if (!change.time_limit_min) return state;
  if (auto* active = std::get_if<Job::Active>(&state))
    forget_warning(*active, JobWarning::time_limit);
  return with(
      std::move(state), [&](auto& known) requires requires { known.decision; } {
        known.decision.time_limit_min = *change.time_limit_min;
      });
}

/// Who works again is warned again when he stops.
void hear_utilisation(Job::Active& active, std::uint8_t gpu_percent) {
  if (gpu_percent > active.gpu_percent) forget_warning(active, JobWarning::idle);
  active.gpu_percent = gpu_percent;
}

Job::State schedule(Job::State state, const JobScheduled& decision) {
  auto core = core_of(state);
  core.attempt = decision.attempt;
  core.mails_noted = 0;
  return Job::Scheduled{std::move(core), decision, {}};
}

Job::State allocate(Job::State state, const JobAllocated& allocation) {
  auto& scheduled = std::get<Job::Scheduled>(state);
  Job::Active active;
  active.core = std::move(scheduled.core);
  active.decision = std::move(scheduled.decision);
  active.allocation = allocation;
  return active;
}

Job::State exit(Job::State state, const JobExited& exit) {
  auto& active = std::get<Job::Active>(state);
  return Job::Exited{std::move(active.core), std::move(active.stop), exit};
}

Job::State requeue(Job::State state, const JobRequeued& requeued) {
  auto core = core_of(state);
  core.hold = requeued.hold;
  core.request.specification.begin_time_s = requeued.begin_time_s;
  return Job::Pending{std::move(core)};
}

Job::State hold(Job::State state, JobHold hold) {
  return with(std::move(state), [&](Job::Pending& known) { known.core.hold = hold; });
}

Job::State end(Job::State state, const JobEnded& ended) {
  const auto core = core_of(state);
  return Job::Ended{core.attempt, core.mails_noted, ended.outcome};
}

Job::State note_mail(Job::State state, std::uint16_t type) {
  const auto add = [&](std::uint16_t& noted) { noted = static_cast<std::uint16_t>(noted | type); };
  if (auto* ended = std::get_if<Job::Ended>(&state)) add(ended->mails_noted);
  return with(
      std::move(state), [&](auto& known) requires requires { known.core; } {
        add(known.core.mails_noted);
      });
}

}  // namespace

Job::State Job::evolve(State state, const Event& event) {
  return std::visit(
      Match{
          [](const JobSubmitted& request) -> State {
            return Pending{Core{request, 0, request.hold, 0, 0}};
          },
          [&](const JobHeld& held) { return hold(std::move(state), held.by); },
          [&](const JobReleased&) { return hold(std::move(state), JobHold::none); },
          [&](const JobChanged& changed) { return change(std::move(state), changed.change); },
          [&](const JobScheduled& decision) { return schedule(std::move(state), decision); },
          [&](const JobAllocated& allocation) { return allocate(std::move(state), allocation); },
          [&](const JobUnscheduled&) -> State { return Pending{core_of(state)}; },
          [&](const JobStarted&) {
            return with(std::move(state), [](Active& active) { active.is_running = true; });
          },
          [&](const JobUtilisationChanged& changed) {
            return with(std::move(state),
                        [&](Active& active) { hear_utilisation(active, changed.gpu_percent); });
          },
          [&](const JobWarned& warned) {
            return with(std::move(state),
                        [&](Active& active) { active.warnings |= bit_of(warned.of); });
          },
          [&](const JobStopRequested& stop) {
            return with(
                std::move(state), [&](auto& known) requires requires { known.stop; } {
                  known.stop = stop;
                });
          },
          [&](const JobSignalled&) { return std::move(state); },
          [&](const JobExited& exited) { return exit(std::move(state), exited); },
          [&](const JobRequeued& requeued) { return requeue(std::move(state), requeued); },
          [&](const JobEnded& ended) { return end(std::move(state), ended); },
          [&](const JobMailNoted& mail) { return note_mail(std::move(state), mail.type); },
      },
      event);
}

}  // namespace orrery
