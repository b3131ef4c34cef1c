#include "actors/inference/inference.hpp"

#include <utility>

namespace orrery {

using Decided = Decision<Inference::Event, Inference::Rejection>;
using Rejection = Inference::Rejection;

namespace {

Decided ask(const Inference::Ask& wish) {
  if (wish.shared_node_id.empty()) return happens<Decided>(wish.request);
  return happens<Decided>(wish.request, InferenceDispatched{wish.shared_node_id});
}

Decided dispatch(const Inference::Waiting& inference, const std::string& shared_node_id) {
  if (inference.shared_node_id == shared_node_id) return nothing_happens<Decided>();
  if (inference.dispatch_count == Inference::dispatch_count_max)
    return Rejection::inference_was_dispatched_twice;
  return happens<Decided>(InferenceDispatched{shared_node_id});
}

template <class Known>
Decided ask_again(const Known& inference, const Inference::Ask& wish) {
  if (wish.request == inference.request) return nothing_happens<Decided>();
  return Rejection::inference_exists_already;
}

}  // namespace

Decided Inference::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Ask& wish) { return ask(wish); },
          [](const Absent&, const auto&) -> Decided { return Rejection::inference_does_not_exist; },

          [](const Waiting& inference, const Ask& wish) { return ask_again(inference, wish); },
          [](const Waiting& inference, const Dispatch& wish) {
            return dispatch(inference, wish.shared_node_id);
          },
          [](const Waiting& inference, const Answer& report) -> Decided {
            if (inference.dispatch_count == 0) return Rejection::inference_is_not_dispatched;
            return happens<Decided>(report.answer);
          },
          [](const Waiting&, const Fail& report) { return happens<Decided>(report.failure); },
          [](const Waiting&, const auto&) -> Decided { return Rejection::inference_has_not_ended; },

          [](const Ended& inference, const Ask& wish) { return ask_again(inference, wish); },
          [](const Ended&, const Dispatch&) -> Decided { return Rejection::inference_has_ended; },
          [](const Ended&, const Answer&) { return nothing_happens<Decided>(); },
          [](const Ended&, const Fail&) { return nothing_happens<Decided>(); },
          [](const Ended& inference, const Change& wish) -> Decided {
            if (wish.change == inference.record) return nothing_happens<Decided>();
            return happens<Decided>(wish.change);
          },
          [](const Ended&, const Delete&) { return happens<Decided>(InferenceDeleted{}); },

          [](const Deleted&, const Ask&) -> Decided { return Rejection::inference_exists_already; },
          [](const Deleted&, const Delete&) { return nothing_happens<Decided>(); },
          [](const Deleted&, const auto&) -> Decided { return Rejection::inference_is_deleted; },
      },
      state, command);
}

Inference::State Inference::evolve(State state, const Event& event) {
  const auto ended = [&]() -> State {
    auto request = std::get<Waiting>(std::move(state)).request;
    InferenceChanged record{request.client_id, request.question, request.model};
    return Ended{std::move(request), std::move(record)};
  };
  return std::visit(Match{
                        [](const InferenceAsked& request) -> State {
                          return Waiting{request, {}, 0};
                        },
                        [&](const InferenceDispatched& dispatched) -> State {
                          auto inference = std::get<Waiting>(std::move(state));
                          inference.shared_node_id = dispatched.shared_node_id;
                          ++inference.dispatch_count;
                          return inference;
                        },
                        [&](const InferenceAnswered&) { return ended(); },
                        [&](const InferenceFailed&) { return ended(); },
                        [&](const InferenceChanged& change) -> State {
                          auto inference = std::get<Ended>(std::move(state));
                          inference.record = change;
                          return inference;
                        },
                        [](const InferenceDeleted&) -> State { return Deleted{}; },
                    },
                    event);
}

}  // namespace orrery
