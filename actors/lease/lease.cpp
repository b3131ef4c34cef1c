#include "actors/lease/lease.hpp"

#include <utility>

namespace orrery {

using Answer = Decision<Lease::Event, Lease::Rejection>;

namespace {

/// One without GPUs is for processors or memory.
Answer request(const LeaseRequested& wish) {
  if (wish.gpu_count > Lease::gpu_count_max) return Lease::Rejection::gpu_count_must_be_16_at_most;
  if (wish.gpu_count == 0 && wish.cpu_count == 0 && wish.memory_mib == 0)
    return Lease::Rejection::lease_must_ask_for_something;
  if (!wish.gang.id.empty() && (wish.gang.size < 1 || wish.gang.size > Lease::gang_size_max))
    return Lease::Rejection::gang_size_must_be_1_to_64;
  return happens<Answer>(wish);
}

}  // namespace

Answer Lease::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Request& wish) -> Answer { return request(wish.request); },
          [](const Absent&, const auto&) -> Answer { return Rejection::lease_does_not_exist; },

          [](const Waiting& lease, const Request& wish) -> Answer {
            if (wish.request == lease.request) return nothing_happens<Answer>();
            return Rejection::lease_is_requested_differently;
          },
          [](const Waiting& lease, const Queue&) -> Answer {
            if (lease.queued) return nothing_happens<Answer>();
            return happens<Answer>(LeaseQueued{});
          },
          [](const Waiting& lease, const Grant& grant) -> Answer {
            if (grant.grant.gpu_indices.size() != lease.request.gpu_count)
              return Rejection::granted_gpu_count_differs_from_request;
            return happens<Answer>(grant.grant);
          },
          [](const Waiting&, const Refuse& refuse) -> Answer {
            return happens<Answer>(LeaseRefused{refuse.reason});
          },
          [](const Waiting&, const Release&) -> Answer { return happens<Answer>(LeaseReleased{}); },

          [](const Granted& lease, const Request& wish) -> Answer {
            if (wish.request == lease.request) return nothing_happens<Answer>();
            return Rejection::lease_is_requested_differently;
          },
          [](const Granted& lease, const Grant& grant) -> Answer {
            if (grant.grant == lease.grant) return nothing_happens<Answer>();
            return Rejection::lease_is_granted_differently;
          },
          [](const Granted&, const Queue&) -> Answer { return nothing_happens<Answer>(); },
          [](const Granted&, const Release&) -> Answer { return happens<Answer>(LeaseReleased{}); },
          [](const Granted&, const Expire& expire) -> Answer {
            return happens<Answer>(LeaseExpired{expire.reason});
          },

          // A lease ends once, whoever ends it first.
          [](const Ended&, const Refuse&) -> Answer { return nothing_happens<Answer>(); },
          [](const Ended&, const Release&) -> Answer { return nothing_happens<Answer>(); },
          [](const Ended&, const Expire&) -> Answer { return nothing_happens<Answer>(); },
          [](const Ended&, const auto&) -> Answer { return Rejection::lease_has_ended; },

          [](const Waiting&, const auto&) -> Answer {
            return Rejection::command_does_not_fit_state;
          },
          [](const Granted&, const auto&) -> Answer {
            return Rejection::command_does_not_fit_state;
          },
      },
      state, command);
}

Lease::State Lease::evolve(State state, const Event& event) {
  return std::visit(Match{
                        [](const LeaseRequested& request) -> State { return Waiting{request}; },
                        [&](const LeaseQueued&) -> State {
                          return Waiting{std::get<Waiting>(std::move(state)).request, true};
                        },
                        [&](const LeaseGranted& grant) -> State {
                          return Granted{std::get<Waiting>(std::move(state)).request, grant};
                        },
                        [](const LeaseRefused&) -> State { return Ended{}; },
                        [](const LeaseReleased&) -> State { return Ended{}; },
                        [](const LeaseExpired&) -> State { return Ended{}; },
                    },
                    event);
}

}  // namespace orrery
