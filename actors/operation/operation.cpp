#include "actors/operation/operation.hpp"

#include <utility>

namespace orrery {

using Answer = Decision<Operation::Event, Operation::Rejection>;

namespace {

/// A started operation keeps its request to the end and beyond: the same request again is a retry.
/// The digest tells that alone where there is one: what the request was resolved to may be another
/// thing by now.
Answer decide_start(const OperationStarted& known, const Operation::Start& start) {
  const bool has_digest = !known.request_digest.empty();
  if (has_digest && start.request.request_digest == known.request_digest)
    return nothing_happens<Answer>();
  if (start.request == known) return nothing_happens<Answer>();
  return Operation::Rejection::operation_is_another;
}

OperationStarted request_of(Operation::State&& state) {
  return std::get<Operation::InProgress>(std::move(state)).request;
}

}  // namespace

Answer Operation::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Start& start) -> Answer {
            return happens<Answer>(start.request);
          },
          [](const Absent&, const auto&) -> Answer { return Rejection::operation_does_not_exist; },
          [](const InProgress& operation, const Start& start) -> Answer {
            return decide_start(operation.request, start);
          },
          [](const InProgress&, const Succeed&) -> Answer {
            return happens<Answer>(OperationSucceeded{});
          },
          [](const InProgress&, const Fail& fail) -> Answer {
            return happens<Answer>(OperationFailed{fail.code, fail.message});
          },
          [](const Succeeded& operation, const Start& start) -> Answer {
            return decide_start(operation.request, start);
          },
          [](const Succeeded&, const Succeed&) -> Answer { return nothing_happens<Answer>(); },
          [](const Succeeded&, const Fail&) -> Answer {
            return Rejection::operation_has_ended_differently;
          },
          [](const Failed& operation, const Start& start) -> Answer {
            return decide_start(operation.request, start);
          },
          [](const Failed&, const Fail&) -> Answer { return nothing_happens<Answer>(); },
          [](const Failed&, const Succeed&) -> Answer {
            return Rejection::operation_has_ended_differently;
          },
      },
      state, command);
}

Operation::State Operation::evolve(State state, const Event& event) {
  return std::visit(
      Match{
          [](const OperationStarted& request) -> State { return InProgress{request}; },
          [&](const OperationSucceeded&) -> State {
            return Succeeded{request_of(std::move(state))};
          },
          [&](const OperationFailed&) -> State { return Failed{request_of(std::move(state))}; },
      },
      event);
}

}  // namespace orrery
