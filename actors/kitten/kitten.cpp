#include "actors/kitten/kitten.hpp"

namespace orrery {

using Answer = Decision<Kitten::Event, Kitten::Rejection>;

Answer Kitten::decide(const State& state, const Command& command) {
  if (const auto* welcome = std::get_if<Welcome>(&command))
    return state.phase == Phase::absent ? happens<Answer>(welcome->kitten)
                                        : nothing_happens<Answer>();
  if (state.phase == Phase::absent) return Rejection::kitten_does_not_exist;
  return state.phase == Phase::here ? happens<Answer>(KittenRemoved{}) : nothing_happens<Answer>();
}

Kitten::State Kitten::evolve(State, const Event& event) {
  return {std::holds_alternative<KittenArrived>(event) ? Phase::here : Phase::removed};
}

}  // namespace orrery
