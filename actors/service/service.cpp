#include "actors/service/service.hpp"

#include <type_traits>
#include <utility>

#include <fmt/format.h>

namespace orrery {

using Answer = Decision<Service::Event, Service::Rejection>;
using Rejection = Service::Rejection;

namespace {

/// The last line of every table below.
Answer refuse(const Service::Absent&) { return Rejection::service_does_not_exist; }
Answer refuse(const Service::Ended&) { return Rejection::service_has_ended; }
Answer refuse(const auto&) { return Rejection::command_does_not_fit_state; }

template <class S>
concept WithDriver = requires(const S& state) {
  state.placement.fence;
};

// How it ends.

ServiceEnded failed(std::string code, std::string message, bool is_confirmed = true) {
  return {ServiceOutcome::failed, std::move(code), std::move(message), {}, {}, is_confirmed};
}

/// One that was told to end has ended for the reason it was told.
ServiceEnded ended_as_told(const Service::Stopping& stopping, bool is_confirmed = true) {
  switch (stopping.reason) {
    case ServiceStopReason::cancelled:
      break;
    case ServiceStopReason::time_limit:
      return failed("time_limit",
                    fmt::format("It ran for its time limit of {} min.",
                                stopping.request.specification.resources.time_limit_min),
                    is_confirmed);
    case ServiceStopReason::gpu_fault:
      return failed("gpu_fault", "One of its GPUs broke.", is_confirmed);
  }
  return {
      ServiceOutcome::cancelled, "cancelled", "It was stopped on request.", {}, {}, is_confirmed};
}

ServiceEnded ended_by_itself(const Service::ReportExited& report) {
  ServiceEnded ended;
  ended.exit_code = report.exit_code;
  ended.signal = report.signal;
  if (report.signal) {
    ended.outcome = ServiceOutcome::failed;
    ended.code = "killed";
    ended.message = fmt::format("Its process was ended by signal {}.", *report.signal);
  } else if (report.exit_code && *report.exit_code == 0) {
    ended.code = "exited";
    ended.message = "Its process has done its work.";
  } else {
    ended.outcome = ServiceOutcome::failed;
    ended.code = report.exit_code ? "exited" : "vanished";
    ended.message = report.exit_code
                        ? fmt::format("Its process ended with exit code {}.", *report.exit_code)
                        : "Its process is gone, and nobody saw how it ended.";
  }
  return ended;
}

// One table a command: what it does in which state.

Answer decide_on(const Service::State& state, const Service::Create& create) {
  return std::visit(Match{
                        [&](const Service::Absent&) { return happens<Answer>(create.request); },
                        [&](const auto& known) -> Answer {
                          if (create.request == known.request) return nothing_happens<Answer>();
                          return Rejection::service_exists_already;
                        },
                    },
                    state);
}

Answer decide_on(const Service::State& state, const Service::Place& place) {
  return std::visit(Match{
                        [&](const Service::Pending&) { return happens<Answer>(place.placement); },
                        [&](const WithDriver auto& known) -> Answer {
                          if (place.placement == known.placement) return nothing_happens<Answer>();
                          return Rejection::service_is_placed_differently;
                        },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

/// Of a driver's word: `if_placed(state)` decides for one that doesn't serve yet,
/// `otherwise(state)` for the others that are with a driver; whoever was told to start with an
/// older fence is refused.
template <class IfPlaced, class Otherwise>
Answer hear_driver(const Service::State& state, std::uint64_t fence, IfPlaced if_placed,
                   Otherwise otherwise) {
  return std::visit(Match{
                        [&]<WithDriver S>(const S& known) -> Answer {
                          if (fence < known.placement.fence) return Rejection::fence_is_stale;
                          if constexpr (std::is_same_v<S, Service::Placed>) return if_placed(known);
                          return otherwise(known);
                        },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

constexpr auto say_nothing = [](const auto&) { return nothing_happens<Answer>(); };

Answer decide_on(const Service::State& state, const Service::ReportBuilding& report) {
  const auto begin = [](const Service::Placed& known) {
    return known.is_building || known.launched ? nothing_happens<Answer>()
                                               : happens<Answer>(ServiceBuildBegan{});
  };
  return hear_driver(state, report.fence, begin, say_nothing);
}

/// A driver that lost the first process before it noted it has launched another, elsewhere maybe.
Answer decide_on(const Service::State& state, const Service::ReportLaunched& report) {
  const auto launch = [&](const Service::Placed& known) {
    return known.launched == report.launched ? nothing_happens<Answer>()
                                             : happens<Answer>(report.launched);
  };
  return hear_driver(state, report.fence, launch, say_nothing);
}

Answer decide_on(const Service::State& state, const Service::ReportReady& report) {
  const auto serve = [](const Service::Placed& known) -> Answer {
    if (!known.launched) return Rejection::command_does_not_fit_state;
    return happens<Answer>(ServiceBecameReady{});
  };
  return hear_driver(state, report.fence, serve, say_nothing);
}

Answer decide_on(const Service::State& state, const Service::ReportExited& report) {
  if (std::holds_alternative<Service::Ended>(state)) return nothing_happens<Answer>();
  const auto end = Match{
      [](const Service::Stopping& known) { return happens<Answer>(ended_as_told(known)); },
      [&](const auto&) { return happens<Answer>(ended_by_itself(report)); },
  };
  return hear_driver(state, report.fence, end, end);
}

/// The process's word that a lease can't be had comes too late for what is placed: only its driver
/// can say that nothing of it runs.
Answer fail_with_driver(std::uint64_t placed_fence, const Service::ReportFailed& report,
                        ServiceEnded ended) {
  if (report.fence == Service::whichever_fence) return Rejection::command_does_not_fit_state;
  if (report.fence < placed_fence) return Rejection::fence_is_stale;
  return happens<Answer>(std::move(ended));
}

Answer decide_on(const Service::State& state, const Service::ReportFailed& report) {
  return std::visit(Match{
                        [&](const Service::Pending&) -> Answer {
                          if (report.fence < Service::whichever_fence)
                            return Rejection::fence_is_stale;
                          return happens<Answer>(failed(report.code, report.message));
                        },
                        [&](const Service::Stopping& known) {
                          return fail_with_driver(known.placement.fence, report,
                                                  ended_as_told(known));
                        },
                        [&](const WithDriver auto& known) {
                          return fail_with_driver(known.placement.fence, report,
                                                  failed(report.code, report.message));
                        },
                        [](const Service::Ended&) { return nothing_happens<Answer>(); },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

/// What waits for its lease uses no time and no GPUs: only who cancels it ends it.
Answer stop_while_pending(const Service::Stop& stop) {
  if (stop.reason != ServiceStopReason::cancelled) return Rejection::command_does_not_fit_state;
  return happens<Answer>(ServiceEnded{
      ServiceOutcome::cancelled, "cancelled", "It was stopped before it started.", {}, {}, true});
}

Answer decide_on(const Service::State& state, const Service::Stop& stop) {
  return std::visit(Match{
                        [&](const Service::Pending&) { return stop_while_pending(stop); },
                        [](const Service::Stopping&) { return nothing_happens<Answer>(); },
                        [&](const WithDriver auto&) {
                          return happens<Answer>(ServiceStopRequested{stop.reason});
                        },
                        [](const Service::Ended&) { return nothing_happens<Answer>(); },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

Answer decide_on(const Service::State& state, const Service::Interrupt& loss) {
  return std::visit(Match{
                        [&](const Service::Stopping& known) {
                          return happens<Answer>(ended_as_told(known, false));
                        },
                        [&](const WithDriver auto&) {
                          return happens<Answer>(failed(loss.code, loss.message, false));
                        },
                        [](const Service::Pending&) { return nothing_happens<Answer>(); },
                        [](const Service::Ended&) { return nothing_happens<Answer>(); },
                        [](const auto& other) { return refuse(other); },
                    },
                    state);
}

// What the events make of it.

ServiceRequested request_of(Service::State& state) {
  return std::visit(
      []<class S>(S& known) -> ServiceRequested {
        if constexpr (requires { known.request; }) return std::move(known.request);
        return {};
      },
      state);
}

ServicePlaced placement_of(Service::State& state) {
  return std::visit(
      []<class S>(S& known) -> ServicePlaced {
        if constexpr (WithDriver<S>) return std::move(known.placement);
        return {};
      },
      state);
}

}  // namespace

Answer Service::decide(const State& state, const Command& command) {
  return std::visit([&](const auto& wanted) { return decide_on(state, wanted); }, command);
}

Service::State Service::evolve(State state, const Event& event) {
  return std::visit(Match{
                        [](const ServiceRequested& request) -> State { return Pending{request}; },
                        [&](const ServicePlaced& placed) -> State {
                          return Placed{request_of(state), placed};
                        },
                        [&](const ServiceBuildBegan&) -> State {
                          auto placed = std::get<Placed>(std::move(state));
                          placed.is_building = true;
                          return placed;
                        },
                        [&](const ServiceLaunched& launched) -> State {
                          auto placed = std::get<Placed>(std::move(state));
                          placed.launched = launched;
                          return placed;
                        },
                        [&](const ServiceBecameReady&) -> State {
                          auto placed = std::get<Placed>(std::move(state));
                          return Running{std::move(placed.request), std::move(placed.placement),
                                         placed.launched.value_or(ServiceLaunched{})};
                        },
                        [&](const ServiceStopRequested& stop) -> State {
                          auto placement = placement_of(state);
                          return Stopping{request_of(state), std::move(placement), stop.reason};
                        },
                        [&](const ServiceEnded&) -> State {
                          const auto fence = placement_of(state).fence;
                          return Ended{request_of(state), fence};
                        },
                    },
                    event);
}

}  // namespace orrery
