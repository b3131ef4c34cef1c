#include "actors/vm/vm.hpp"

#include <utility>

namespace orrery {

using Answer = Decision<Vm::Event, Vm::Rejection>;

namespace {

/// Of every state that remembers it: a VM that exists and isn't deleted.
Answer decide_create(const VmRequested& known, const Vm::Create& create) {
  if (create.request == known) return nothing_happens<Answer>();
  return Vm::Rejection::vm_exists_already;
}

Answer decide_place(const VmPlaced& known, const Vm::Place& place) {
  if (place.placement == known) return nothing_happens<Answer>();
  return Vm::Rejection::vm_is_placed_differently;
}

VmRequested request_of(Vm::State&& state) {
  return std::visit(
      [&](auto& vm) -> VmRequested {
        if constexpr (requires { vm.request; }) {
          return std::move(vm.request);
        } else {
          return std::get<Vm::Waiting>(std::move(state)).request;  // A corrupt log: this throws.
        }
      },
      state);
}

}  // namespace

Answer Vm::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Create& create) -> Answer {
            return happens<Answer>(create.request);
          },
          [](const Absent&, const auto&) -> Answer { return Rejection::vm_does_not_exist; },

          [](const Waiting& vm, const Create& create) { return decide_create(vm.request, create); },
          [](const Waiting&, const Place& place) { return happens<Answer>(place.placement); },
          [](const Waiting&, const Delete&) { return happens<Answer>(VmDeletionRequested{}); },
          [](const Waiting&, const ReportFailed& failed) {
            return happens<Answer>(VmFailed{failed.code, failed.message});
          },
          [](const Waiting&, const auto&) -> Answer {
            return Rejection::command_does_not_fit_state;
          },

          [](const Placed& vm, const Create& create) { return decide_create(vm.request, create); },
          [](const Placed& vm, const Place& place) { return decide_place(vm.placement, place); },
          [](const Placed& vm, const ReportStarted& started) -> Answer {
            if (started.fence < vm.placement.fence) return Rejection::fence_is_stale;
            return happens<Answer>(VmStarted{started.private_ipv4, started.public_ipv4});
          },
          [](const Placed&, const Delete&) { return happens<Answer>(VmDeletionRequested{}); },
          [](const Placed&, const ReportFailed& failed) {
            return happens<Answer>(VmFailed{failed.code, failed.message});
          },
          [](const Placed&, const auto&) -> Answer {
            return Rejection::command_does_not_fit_state;
          },

          [](const Running& vm, const Create& create) { return decide_create(vm.request, create); },
          [](const Running& vm, const Place& place) { return decide_place(vm.placement, place); },
          [](const Running& vm, const ReportStarted& started) -> Answer {
            if (started.fence < vm.placement.fence) return Rejection::fence_is_stale;
            return nothing_happens<Answer>();
          },
          [](const Running&, const Delete&) { return happens<Answer>(VmDeletionRequested{}); },
          [](const Running&, const ReportFailed& failed) {
            return happens<Answer>(VmFailed{failed.code, failed.message});
          },
          [](const Running&, const auto&) -> Answer {
            return Rejection::command_does_not_fit_state;
          },

          [](const Deleting& vm, const Create& create) {
            return decide_create(vm.request, create);
          },
          [](const Deleting&, const Delete&) { return nothing_happens<Answer>(); },
          [](const Deleting&, const ReportStopped&) { return happens<Answer>(VmDeleted{}); },
          [](const Deleting&, const ReportFailed&) { return nothing_happens<Answer>(); },
          [](const Deleting&, const auto&) -> Answer {
            return Rejection::command_does_not_fit_state;
          },

          [](const Failed& vm, const Create& create) { return decide_create(vm.request, create); },
          [](const Failed&, const Delete&) { return happens<Answer>(VmDeletionRequested{}); },
          [](const Failed&, const ReportStopped&) { return nothing_happens<Answer>(); },
          [](const Failed&, const ReportFailed&) { return nothing_happens<Answer>(); },
          [](const Failed&, const auto&) -> Answer { return Rejection::vm_has_ended; },

          [](const Deleted&, const ReportStopped&) { return nothing_happens<Answer>(); },
          [](const Deleted&, const ReportFailed&) { return nothing_happens<Answer>(); },
          [](const Deleted&, const auto&) -> Answer { return Rejection::vm_has_ended; },
      },
      state, command);
}

Vm::State Vm::evolve(State state, const Event& event) {
  return std::visit(
      Match{
          [](const VmRequested& request) -> State { return Waiting{request}; },
          [&](const VmPlaced& placement) -> State {
            return Placed{request_of(std::move(state)), placement};
          },
          [&](const VmStarted&) -> State {
            auto& placed = std::get<Placed>(state);
            return Running{std::move(placed.request), std::move(placed.placement)};
          },
          [&](const VmDeletionRequested&) -> State {
            return Deleting{request_of(std::move(state))};
          },
          [&](const VmFailed&) -> State { return Failed{request_of(std::move(state))}; },
          [](const VmDeleted&) -> State { return Deleted{}; },
      },
      event);
}

}  // namespace orrery
