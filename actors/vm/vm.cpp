#include "actors/vm/vm.hpp"

#include <utility>

#include "events/vm_family.hpp"

namespace orrery {

using Answer = Decision<Vm::Event, Vm::Rejection>;
using Rejection = Vm::Rejection;

namespace {

/// The last line of every table below.
Answer refuse(const Vm::Absent&) { return Rejection::vm_does_not_exist; }
Answer refuse(const Vm::Failed&) { return Rejection::vm_has_ended; }
Answer refuse(const Vm::Deleted&) { return Rejection::vm_has_ended; }
Answer refuse(const auto&) { return Rejection::command_does_not_fit_state; }

template <class State>
concept Alive = requires(const State& state) {
  state.vm;
}
&&!std::same_as<State, Vm::Deleting> && !std::same_as<State, Vm::Failed>;

// One table a command: what it does in which state.

Answer decide_on(const Vm::State& state, const Vm::Create& create) {
  return std::visit(Match{
                        [&](const Vm::Absent&) { return happens<Answer>(create.request); },
                        [](const Vm::Deleted& vm) { return refuse(vm); },
                        [&](const auto& known) -> Answer {
                          if (create.request == known.vm.request) return nothing_happens<Answer>();
                          return Rejection::vm_exists_already;
                        },
                    },
                    state);
}

Answer decide_place(const VmPlaced& known, const Vm::Place& place) {
  if (place.placement == known) return nothing_happens<Answer>();
  return Rejection::vm_is_placed_differently;
}

Answer decide_on(const Vm::State& state, const Vm::Place& place) {
  return std::visit(Match{
                        [&](const Vm::Waiting&) { return happens<Answer>(place.placement); },
                        [&](const Vm::Placed& vm) { return decide_place(vm.placement, place); },
                        [&](const Vm::Running& vm) -> Answer {
                          if (place.placement.lease_id == vm.placement.lease_id)
                            return nothing_happens<Answer>();
                          return Rejection::vm_is_placed_differently;
                        },
                        [](const auto& vm) { return refuse(vm); },
                    },
                    state);
}

Answer decide_on(const Vm::State& state, const Vm::ReportStarted& started) {
  const auto is_stale = [&](const VmPlaced& placement) { return started.fence < placement.fence; };
  return std::visit(
      Match{
          [&](const Vm::Placed& vm) -> Answer {
            if (is_stale(vm.placement)) return Rejection::fence_is_stale;
            return happens<Answer>(VmStarted{started.private_ipv4, started.public_ipv4});
          },
          [&](const Vm::Running& vm) -> Answer {
            if (is_stale(vm.placement)) return Rejection::fence_is_stale;
            return nothing_happens<Answer>();
          },
          [](const auto& vm) { return refuse(vm); },
      },
      state);
}

Answer decide_on(const Vm::State& state, const Vm::Stop&) {
  return std::visit(Match{
                        [](const Vm::Running&) { return happens<Answer>(VmStopRequested{}); },
                        [](const Vm::Stopping&) { return nothing_happens<Answer>(); },
                        [](const Vm::Stopped&) { return nothing_happens<Answer>(); },
                        [](const auto& vm) { return refuse(vm); },
                    },
                    state);
}

Answer decide_on(const Vm::State& state, const Vm::Start&) {
  return std::visit(Match{
                        [](const Vm::Stopped&) { return happens<Answer>(VmStartRequested{}); },
                        [](const Vm::Waiting&) { return nothing_happens<Answer>(); },
                        [](const Vm::Placed&) { return nothing_happens<Answer>(); },
                        [](const Vm::Running&) { return nothing_happens<Answer>(); },
                        [](const auto& vm) { return refuse(vm); },
                    },
                    state);
}

Answer decide_on(const Vm::State& state, const Vm::Reset&) {
  return std::visit(Match{
                        [](const Vm::Running& vm) {
                          return happens<Answer>(VmResetRequested{vm.vm.reset_count + 1});
                        },
                        [](const Vm::Resetting&) { return nothing_happens<Answer>(); },
                        [](const auto& vm) { return refuse(vm); },
                    },
                    state);
}

Answer decide_on(const Vm::State& state, const Vm::ReportReset& report) {
  return std::visit(Match{
                        [&](const Vm::Resetting& vm) {
                          return report.number == vm.vm.reset_count ? happens<Answer>(VmReset{})
                                                                    : nothing_happens<Answer>();
                        },
                        [](const Vm::Running&) { return nothing_happens<Answer>(); },
                        [](const auto& vm) { return refuse(vm); },
                    },
                    state);
}

Answer decide_on(const Vm::State& state, const Vm::Resize& resize) {
  return std::visit(Match{
                        [&](const Vm::Stopped& known) -> Answer {
                          if (resize.shape.type == known.vm.type) return nothing_happens<Answer>();
                          if (vm_family(resize.shape.type) != vm_family(known.vm.type))
                            return Rejection::type_is_of_another_family;
                          return happens<Answer>(resize.shape);
                        },
                        [](const auto& vm) { return refuse(vm); },
                    },
                    state);
}

Answer decide_on(const Vm::State& state, const Vm::ChangeNetwork& change) {
  return std::visit(Match{
                        [&](const Vm::Running& known) {
                          const VmNetworkChanged now{known.vm.subnet_id, known.vm.public_address,
                                                     known.placement.private_ipv4,
                                                     known.placement.public_ipv4};
                          return change.network == now ? nothing_happens<Answer>()
                                                       : happens<Answer>(change.network);
                        },
                        [](const auto& vm) { return refuse(vm); },
                    },
                    state);
}

Answer decide_on(const Vm::State& state, const Vm::Reserve& reserve) {
  return std::visit(Match{
                        [&](const Alive auto& known) -> Answer {
                          if (known.vm.reservation_id == reserve.reservation_id)
                            return nothing_happens<Answer>();
                          if (!known.vm.reservation_id.empty())
                            return Rejection::vm_is_reserved_differently;
                          return happens<Answer>(VmReserved{reserve.reservation_id});
                        },
                        [](const auto& vm) { return refuse(vm); },
                    },
                    state);
}

Answer decide_on(const Vm::State& state, const Vm::Unreserve&) {
  return std::visit(Match{
                        [](const Alive auto& known) {
                          return known.vm.reservation_id.empty() ? nothing_happens<Answer>()
                                                                 : happens<Answer>(VmUnreserved{});
                        },
                        [](const auto& vm) { return refuse(vm); },
                    },
                    state);
}

Answer decide_on(const Vm::State& state, const Vm::Delete&) {
  return std::visit(Match{
                        [](const Alive auto&) { return happens<Answer>(VmDeletionRequested{}); },
                        [](const Vm::Failed&) { return happens<Answer>(VmDeletionRequested{}); },
                        [](const Vm::Deleting&) { return nothing_happens<Answer>(); },
                        [](const auto& vm) { return refuse(vm); },
                    },
                    state);
}

Answer decide_on(const Vm::State& state, const Vm::ReportStopped& stopped) {
  return std::visit(Match{
                        [&](const Vm::Stopping& vm) -> Answer {
                          if (stopped.fence < vm.placement.fence) return Rejection::fence_is_stale;
                          return happens<Answer>(VmStopped{});
                        },
                        [&](const Vm::Deleting& vm) -> Answer {
                          if (stopped.fence < vm.fence) return Rejection::fence_is_stale;
                          return happens<Answer>(VmDeleted{});
                        },
                        [](const Vm::Stopped&) { return nothing_happens<Answer>(); },
                        [](const Vm::Failed&) { return nothing_happens<Answer>(); },
                        [](const Vm::Deleted&) { return nothing_happens<Answer>(); },
                        [](const auto& vm) { return refuse(vm); },
                    },
                    state);
}

Answer decide_on(const Vm::State& state, const Vm::ReportFailed& failed) {
  const auto is_stale = [&](std::uint64_t fence) { return failed.fence < fence; };
  const auto start_failed = [&](const Vm::Body& vm) {
    if (vm.has_run) return happens<Answer>(VmStartFailed{failed.code, failed.message});
    return happens<Answer>(VmFailed{failed.code, failed.message});
  };
  const auto run_failed = [&](const VmPlaced& placement) -> Answer {
    if (is_stale(placement.fence)) return Rejection::fence_is_stale;
    return happens<Answer>(VmFailed{failed.code, failed.message});
  };
  return std::visit(Match{
                        [&](const Vm::Waiting& known) -> Answer {
                          // No driver has been told of it yet.
                          if (is_stale(Vm::ReportFailed::whichever_fence))
                            return Rejection::fence_is_stale;
                          return start_failed(known.vm);
                        },
                        [&](const Vm::Placed& known) -> Answer {
                          if (is_stale(known.placement.fence)) return Rejection::fence_is_stale;
                          return start_failed(known.vm);
                        },
                        [&](const Vm::Running& known) { return run_failed(known.placement); },
                        [&](const Vm::Resetting& known) { return run_failed(known.placement); },
                        [&](const Vm::Stopping& known) -> Answer {
                          if (is_stale(known.placement.fence)) return Rejection::fence_is_stale;
                          return happens<Answer>(VmStopped{});
                        },
                        [](const Vm::Absent& vm) { return refuse(vm); },
                        [](const auto&) { return nothing_happens<Answer>(); },
                    },
                    state);
}

// What an event makes of a state that fits it; a corrupt log throws `std::bad_variant_access`.

Vm::Body body_of(Vm::State&& state) {
  return std::visit(
      [&](auto& known) -> Vm::Body {
        if constexpr (requires { known.vm; }) {
          return std::move(known.vm);
        } else {
          return std::get<Vm::Waiting>(std::move(state)).vm;
        }
      },
      state);
}

std::uint64_t fence_of(const Vm::State& state) {
  return std::visit(
      [](const auto& known) -> std::uint64_t {
        if constexpr (requires { known.placement; }) return known.placement.fence;
        if constexpr (requires { known.fence; }) return known.fence;
        return 0;
      },
      state);
}

/// From one state with a placement to another.
template <class To, class From>
Vm::State moved_on(Vm::State&& state) {
  auto& from = std::get<From>(state);
  return To{std::move(from.vm), std::move(from.placement)};
}

void set_reservation(Vm::State& state, const std::string& reservation_id) {
  std::visit(
      [&](auto& known) {
        if constexpr (requires { known.vm; }) known.vm.reservation_id = reservation_id;
      },
      state);
}

Vm::State born(const VmRequested& request) {
  const auto& wish = request.specification;
  return Vm::Waiting{
      {request, wish.type, wish.subnet_id, wish.public_address, wish.reservation_id, false, 0}};
}

Vm::State placed(Vm::State&& state, const VmPlaced& placement) {
  return Vm::Placed{body_of(std::move(state)), placement};
}

Vm::State started(Vm::State&& state, const VmStarted& addresses) {
  auto& from = std::get<Vm::Placed>(state);
  from.vm.has_run = true;
  from.placement.private_ipv4 = addresses.private_ipv4;
  from.placement.public_ipv4 = addresses.public_ipv4;
  return Vm::Running{std::move(from.vm), std::move(from.placement)};
}

Vm::State resetting(Vm::State&& state, const VmResetRequested& reset) {
  auto& from = std::get<Vm::Running>(state);
  from.vm.reset_count = reset.number;
  return Vm::Resetting{std::move(from.vm), std::move(from.placement)};
}

Vm::State network_changed(Vm::State&& state, const VmNetworkChanged& change) {
  auto& running = std::get<Vm::Running>(state);
  running.vm.subnet_id = change.subnet_id;
  running.vm.public_address = change.public_address;
  running.placement.private_ipv4 = change.private_ipv4;
  running.placement.public_ipv4 = change.public_ipv4;
  return std::move(state);
}

}  // namespace

Answer Vm::decide(const State& state, const Command& command) {
  return std::visit([&](const auto& wish) { return decide_on(state, wish); }, command);
}

Vm::State Vm::evolve(State state, const Event& event) {
  const auto fence = fence_of(state);
  return std::visit(
      Match{
          [](const VmRequested& request) { return born(request); },
          [&](const VmPlaced& placement) { return placed(std::move(state), placement); },
          [&](const VmStarted& addresses) { return started(std::move(state), addresses); },
          [&](const VmStopRequested&) { return moved_on<Stopping, Running>(std::move(state)); },
          [&](const VmStopped&) -> State { return Stopped{body_of(std::move(state))}; },
          [&](const VmStartRequested&) -> State { return Waiting{body_of(std::move(state))}; },
          [&](const VmStartFailed&) -> State { return Stopped{body_of(std::move(state))}; },
          [&](const VmResetRequested& reset) { return resetting(std::move(state), reset); },
          [&](const VmReset&) { return moved_on<Running, Resetting>(std::move(state)); },
          [&](const VmResized& shape) -> State {
            std::get<Stopped>(state).vm.type = shape.type;
            return std::move(state);
          },
          [&](const VmNetworkChanged& change) { return network_changed(std::move(state), change); },
          [&](const VmReserved& reserved) -> State {
            set_reservation(state, reserved.reservation_id);
            return std::move(state);
          },
          [&](const VmUnreserved&) -> State {
            set_reservation(state, {});
            return std::move(state);
          },
          [&](const VmDeletionRequested&) -> State {
            return Deleting{body_of(std::move(state)), fence};
          },
          [&](const VmFailed&) -> State {
            return Failed{body_of(std::move(state)), fence};
          },
          [](const VmDeleted&) -> State { return Deleted{}; },
      },
      event);
}

}  // namespace orrery
