#include "actors/instance/instance.hpp"

#include <utility>

namespace orrery {

using Answer = Decision<Instance::Event, Instance::Rejection>;
using Rejection = Instance::Rejection;

namespace {

/// The last line of every table below.
Answer refuse(const Instance::Absent&) { return Rejection::instance_does_not_exist; }
Answer refuse(const Instance::Failed&) { return Rejection::instance_has_ended; }
Answer refuse(const Instance::Deleted&) { return Rejection::instance_has_ended; }
Answer refuse(const auto&) { return Rejection::command_does_not_fit_state; }

// One table a command: what it does in which state.

Answer decide_on(const Instance::State& state, const Instance::Create& create) {
  return std::visit(Match{
                        [&](const Instance::Absent&) { return happens<Answer>(create.request); },
                        [](const Instance::Deleted& ended) { return refuse(ended); },
                        [&](const auto& known) -> Answer {
                          if (create.request == known.instance.request)
                            return nothing_happens<Answer>();
                          return Rejection::instance_exists_already;
                        },
                    },
                    state);
}

Answer decide_on(const Instance::State& state, const Instance::Place& place) {
  return std::visit(Match{
                        [&](const Instance::Waiting&) { return happens<Answer>(place.placement); },
                        [&](const Instance::Placed& known) -> Answer {
                          if (place.placement == known.placement) return nothing_happens<Answer>();
                          return Rejection::instance_is_placed_differently;
                        },
                        [&](const Instance::Running& known) -> Answer {
                          if (place.placement == known.placement) return nothing_happens<Answer>();
                          return Rejection::instance_is_placed_differently;
                        },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

Answer decide_on(const Instance::State& state, const Instance::ReportStarted& report) {
  return std::visit(Match{
                        [&](const Instance::Placed& known) -> Answer {
                          if (report.fence < known.placement.fence)
                            return Rejection::fence_is_stale;
                          return happens<Answer>(report.started);
                        },
                        [&](const Instance::Running& known) -> Answer {
                          if (report.fence < known.placement.fence)
                            return Rejection::fence_is_stale;
                          return nothing_happens<Answer>();
                        },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

Answer decide_on(const Instance::State& state, const Instance::Stop& stop) {
  const bool with_snapshot = stop.stop.snapshot.has_value();
  return std::visit(
      Match{
          [&](const Instance::Waiting& known) -> Answer {
            if (!known.instance.has_run) return Rejection::instance_is_being_created;
            if (with_snapshot) return Rejection::snapshot_needs_a_running_instance;
            return happens<Answer>(stop.stop, InstanceStopped{});  // There is nothing to stop.
          },
          [&](const Instance::Placed& known) -> Answer {
            if (!known.instance.has_run) return Rejection::instance_is_being_created;
            if (with_snapshot) return Rejection::snapshot_needs_a_running_instance;
            return happens<Answer>(stop.stop);
          },
          [&](const Instance::Running&) { return happens<Answer>(stop.stop); },
          [](const Instance::Stopping&) -> Answer { return Rejection::instance_is_off_already; },
          [](const Instance::Stopped&) -> Answer { return Rejection::instance_is_off_already; },
          [](const auto& other) { return refuse(other); },
      },
      state);
}

Answer decide_on(const Instance::State& state, const Instance::ReportSnapshot& report) {
  return std::visit(Match{
                        [&](const Instance::Stopping& known) -> Answer {
                          if (report.fence < known.placement.fence)
                            return Rejection::fence_is_stale;
                          if (known.stop.snapshot != report.taken.snapshot)
                            return Rejection::command_does_not_fit_state;
                          if (known.snapshot_taken) return nothing_happens<Answer>();
                          return happens<Answer>(report.taken);
                        },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

Answer decide_on(const Instance::State& state, const Instance::ReportStopped& report) {
  return std::visit(Match{
                        [&](const Instance::Stopping& known) -> Answer {
                          if (report.fence < known.placement.fence)
                            return Rejection::fence_is_stale;
                          return happens<Answer>(InstanceStopped{});
                        },
                        [&](const Instance::Deleting& known) -> Answer {
                          if (report.fence < known.fence) return Rejection::fence_is_stale;
                          return happens<Answer>(InstanceDeleted{});
                        },
                        [](const Instance::Stopped&) { return nothing_happens<Answer>(); },
                        [](const Instance::Failed&) { return nothing_happens<Answer>(); },
                        [](const Instance::Deleted&) { return nothing_happens<Answer>(); },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

Answer decide_on(const Instance::State& state, const Instance::Start&) {
  return std::visit(
      Match{
          [](const Instance::Stopped&) { return happens<Answer>(InstanceStartRequested{}); },
          [](const Instance::Stopping&) -> Answer { return Rejection::instance_is_shutting_down; },
          [](const Instance::Waiting& known) -> Answer {
            return known.instance.has_run ? Rejection::instance_is_on_already
                                          : Rejection::instance_is_being_created;
          },
          [](const Instance::Placed& known) -> Answer {
            return known.instance.has_run ? Rejection::instance_is_on_already
                                          : Rejection::instance_is_being_created;
          },
          [](const Instance::Running&) -> Answer { return Rejection::instance_is_on_already; },
          [](const auto& other) { return refuse(other); },
      },
      state);
}

/// It is off then. Where it was to be saved first there is no image of it, and its owner is to know
/// why.
Answer fail_stopping(const Instance::Stopping& instance, const Instance::ReportFailed& report) {
  if (!instance.stop.snapshot || instance.snapshot_taken) return happens<Answer>(InstanceStopped{});
  return happens<Answer>(InstanceInterrupted{report.code, report.message}, InstanceStopped{});
}

/// One that has run before is off then.
Answer fail(const Instance::Body& instance, const Instance::ReportFailed& report) {
  if (!instance.has_run) return happens<Answer>(InstanceFailed{report.code, report.message});
  return happens<Answer>(InstanceInterrupted{report.code, report.message}, InstanceStopped{});
}

Answer decide_on(const Instance::State& state, const Instance::ReportFailed& report) {
  return std::visit(Match{
                        [&](const Instance::Waiting& known) -> Answer {
                          // No driver has been told of it yet, but for an earlier place.
                          if (report.fence < Instance::whichever_fence)
                            return Rejection::fence_is_stale;
                          return fail(known.instance, report);
                        },
                        [&](const Instance::Placed& known) -> Answer {
                          if (report.fence < known.placement.fence)
                            return Rejection::fence_is_stale;
                          return fail(known.instance, report);
                        },
                        [&](const Instance::Running& known) -> Answer {
                          if (report.fence < known.placement.fence)
                            return Rejection::fence_is_stale;
                          return fail(known.instance, report);
                        },
                        [&](const Instance::Stopping& known) -> Answer {
                          if (report.fence < known.placement.fence)
                            return Rejection::fence_is_stale;
                          return fail_stopping(known, report);
                        },
                        [](const Instance::Stopped&) { return nothing_happens<Answer>(); },
                        [](const Instance::Deleting&) { return nothing_happens<Answer>(); },
                        [](const Instance::Failed&) { return nothing_happens<Answer>(); },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

/// One that has run before waits for other GPUs then.
Answer interrupt(const Instance::Body& instance, const Instance::Interrupt& loss) {
  if (!instance.has_run) return happens<Answer>(InstanceFailed{loss.code, loss.message});
  return happens<Answer>(InstanceInterrupted{loss.code, loss.message});
}

Answer decide_on(const Instance::State& state, const Instance::Interrupt& loss) {
  return std::visit(
      Match{
          [&](const Instance::Placed& known) { return interrupt(known.instance, loss); },
          [&](const Instance::Running& known) { return interrupt(known.instance, loss); },
          [](const Instance::Stopping&) { return happens<Answer>(InstanceStopped{}); },
          [](const Instance::Waiting&) { return nothing_happens<Answer>(); },
          [](const Instance::Stopped&) { return nothing_happens<Answer>(); },
          [](const Instance::Deleting&) { return nothing_happens<Answer>(); },
          [](const Instance::Failed&) { return nothing_happens<Answer>(); },
          [](const auto& other) { return refuse(other); },
      },
      state);
}

/// What is kept no longer is off: somebody may have switched it on while the command was under way.
Answer delete_while_on(const Instance::Body& instance, const Instance::Delete& wish) {
  if (wish.reason == InstanceEndReason::retention) return Rejection::instance_is_on_already;
  if (!instance.has_run && instance.request.specification.when_full == WhenFull::refuse)
    return Rejection::instance_is_being_created;
  return happens<Answer>(InstanceDeletionRequested{wish.reason});
}

Answer decide_on(const Instance::State& state, const Instance::Delete& wish) {
  return std::visit(
      Match{
          [&](const Instance::Waiting& known) { return delete_while_on(known.instance, wish); },
          [&](const Instance::Placed& known) { return delete_while_on(known.instance, wish); },
          [&](const Instance::Running& known) { return delete_while_on(known.instance, wish); },
          [&](const Instance::Stopping& known) -> Answer {
            const bool is_being_saved = known.stop.snapshot && !known.snapshot_taken;
            if (is_being_saved || wish.reason == InstanceEndReason::retention)
              return Rejection::instance_is_shutting_down;
            return happens<Answer>(InstanceDeletionRequested{wish.reason});
          },
          [](const Instance::Absent& absent) { return refuse(absent); },
          [](const Instance::Deleting&) { return nothing_happens<Answer>(); },
          [](const Instance::Deleted& ended) { return refuse(ended); },
          [&](const auto&) { return happens<Answer>(InstanceDeletionRequested{wish.reason}); },
      },
      state);
}

// What the events make of it.

Instance::Body body_of(Instance::State& state) {
  return std::visit(
      []<class S>(S& known) -> Instance::Body {
        if constexpr (requires { known.instance; }) return std::move(known.instance);
        return {};
      },
      state);
}

/// Nothing where it isn't placed.
InstancePlaced placement_of(Instance::State& state) {
  return std::visit(
      []<class S>(S& known) -> InstancePlaced {
        if constexpr (requires { known.placement; }) return std::move(known.placement);
        return {};
      },
      state);
}

std::uint64_t fence_of(const Instance::State& state) {
  return std::visit(
      []<class S>(const S& known) -> std::uint64_t {
        if constexpr (requires { known.placement; }) return known.placement.fence;
        if constexpr (requires { known.fence; }) return known.fence;
        return 0;
      },
      state);
}

}  // namespace

Answer Instance::decide(const State& state, const Command& command) {
  return std::visit([&](const auto& wanted) { return decide_on(state, wanted); }, command);
}

Instance::State Instance::evolve(State state, const Event& event) {
  return std::visit(
      Match{
          [](const InstanceRequested& request) -> State {
            return Waiting{{request, false}};
          },
          [&](const InstancePlaced& placed) -> State {
            return Placed{body_of(state), placed};
          },
          [&](const InstanceStarted&) -> State {
            auto placement = placement_of(state);
            auto instance = body_of(state);
            instance.has_run = true;
            return Running{std::move(instance), std::move(placement)};
          },
          [&](const InstanceStopRequested& stop) -> State {
            auto placement = placement_of(state);
            return Stopping{body_of(state), std::move(placement), stop};
          },
          [&](const InstanceSnapshotTaken&) -> State {
            auto stopping = std::get<Stopping>(std::move(state));
            stopping.snapshot_taken = true;
            return stopping;
          },
          [&](const InstanceStopped&) -> State { return Stopped{body_of(state)}; },
          [&](const InstanceStartRequested&) -> State { return Waiting{body_of(state)}; },
          [&](const InstanceInterrupted&) -> State { return Waiting{body_of(state)}; },
          [&](const InstanceFailed&) -> State {
            const auto fence = fence_of(state);
            return Failed{body_of(state), fence};
          },
          [&](const InstanceDeletionRequested&) -> State {
            const auto fence = fence_of(state);
            return Deleting{body_of(state), fence};
          },
          [](const InstanceDeleted&) -> State { return Deleted{}; },
      },
      event);
}

}  // namespace orrery
