#include "actors/quota/quota.hpp"

namespace orrery {

using Answer = Decision<Quota::Event, Quota::Rejection>;

Answer Quota::decide(const State& state, const Command& command) {
  const auto& limits = std::get<Set>(command).limits;
  if (limits == state.limits) return nothing_happens<Answer>();
  if (limits.month_micro_usd.value_or(0) < 0) return Rejection::money_must_not_be_negative;
  return happens<Answer>(QuotaSet{limits});
}

Quota::State Quota::evolve(State, const Event& event) {
  return std::visit([](const QuotaSet& set) { return State{set.limits}; }, event);
}

}  // namespace orrery
