#include "actors/center_team/center_team.hpp"

namespace orrery {

using Answer = Decision<CenterTeam::Event, CenterTeam::Rejection>;

Answer CenterTeam::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Set& set) -> Answer { return happens<Answer>(set.team); },
          [](const Absent&, const Dissolve&) -> Answer { return Rejection::team_does_not_exist; },
          [](const Formed& formed, const Set& set) -> Answer {
            if (set.team == formed.team) return nothing_happens<Answer>();
            return happens<Answer>(set.team);
          },
          [](const Formed&, const Dissolve&) -> Answer {
            return happens<Answer>(CenterTeamDissolved{});
          },
      },
      state, command);
}

CenterTeam::State CenterTeam::evolve(State, const Event& event) {
  return std::visit(Match{
                        [](const CenterTeamSet& team) -> State { return Formed{team}; },
                        [](const CenterTeamDissolved&) -> State { return Absent{}; },
                    },
                    event);
}

}  // namespace orrery
