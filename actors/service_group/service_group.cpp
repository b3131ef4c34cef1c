#include "actors/service_group/service_group.hpp"

#include <utility>

namespace orrery {

using Answer = Decision<ServiceGroup::Event, ServiceGroup::Rejection>;
using Rejection = ServiceGroup::Rejection;

namespace {

Answer create(const ServiceGroupRequested& request) {
  const auto count = std::uint64_t{request.node_count} * request.replica_count;
  if (count < 1 || count > ServiceGroup::replica_count_max)
    return Rejection::replica_count_must_be_1_to_64;
  if (request.service_ids.size() != count) return Rejection::every_replica_needs_a_service_id;
  return happens<Answer>(request);
}

}  // namespace

Answer ServiceGroup::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Create& wish) { return create(wish.request); },
          [](const Absent&, const Cancel&) -> Answer {
            return Rejection::service_group_does_not_exist;
          },
          [](const auto& known, const Create& wish) -> Answer {
            if (wish.request == known.request) return nothing_happens<Answer>();
            return Rejection::service_group_exists_already;
          },
          [](const Wanted&, const Cancel&) { return happens<Answer>(ServiceGroupCancelled{}); },
          [](const Cancelled&, const Cancel&) { return nothing_happens<Answer>(); },
      },
      state, command);
}

ServiceGroup::State ServiceGroup::evolve(State state, const Event& event) {
  return std::visit(
      Match{
          [](const ServiceGroupRequested& request) -> State { return Wanted{request}; },
          [&](const ServiceGroupCancelled&) -> State {
            return Cancelled{std::get<Wanted>(std::move(state)).request};
          },
      },
      event);
}

}  // namespace orrery
