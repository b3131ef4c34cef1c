#include "actors/handle/handle.hpp"

namespace orrery {

using Answer = Decision<Handle::Event, Handle::Rejection>;

Answer Handle::decide(const State& state, const Command& command) {
  return std::visit(Match{
                        [](const Free&, const Claim& claim) -> Answer {
                          return happens<Answer>(HandleClaimed{claim.client_id});
                        },
                        [](const Free&, const Release&) { return nothing_happens<Answer>(); },
                        [](const Claimed& handle, const Claim& claim) -> Answer {
                          if (handle.client_id == claim.client_id) return nothing_happens<Answer>();
                          return Rejection::handle_is_taken;
                        },
                        [](const Claimed& handle, const Release& release) -> Answer {
                          if (handle.client_id != release.client_id)
                            return nothing_happens<Answer>();
                          return happens<Answer>(HandleReleased{release.client_id});
                        },
                    },
                    state, command);
}

Handle::State Handle::evolve(State, const Event& event) {
  return std::visit(
      Match{
          [](const HandleClaimed& claimed) -> State { return Claimed{claimed.client_id}; },
          [](const HandleReleased&) -> State { return Free{}; },
      },
      event);
}

}  // namespace orrery
