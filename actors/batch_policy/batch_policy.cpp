#include "actors/batch_policy/batch_policy.hpp"

namespace orrery {

using Answer = Decision<BatchPolicyRecord::Event, BatchPolicyRecord::Rejection>;

Answer BatchPolicyRecord::decide(const State& state, const Command& command) {
  const auto& policy = std::get<Set>(command).policy;
  if (policy.partitions.empty()) return Rejection::policy_must_have_a_partition;
  const auto* in_force = std::get_if<InForce>(&state);
  if (in_force != nullptr && in_force->policy == policy) return nothing_happens<Answer>();
  return happens<Answer>(BatchPolicySet{policy});
}

BatchPolicyRecord::State BatchPolicyRecord::evolve(State, const Event& event) {
  return InForce{std::get<BatchPolicySet>(event).policy};
}

}  // namespace orrery
