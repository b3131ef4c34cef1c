#include "actors/organization/organization.hpp"

namespace orrery {

using Answer = Decision<Organization::Event, Organization::Rejection>;

Answer Organization::decide(const State& state, const Command& command) {
  return std::visit(Match{
                        [](const Absent&, const Create& create) -> Answer {
                          if (create.description.name.empty())
                            return Rejection::name_must_not_be_empty;
                          return happens<Answer>(create.description);
                        },
                        [](const Created& organization, const Create& create) -> Answer {
                          if (create.description == organization.description)
                            return nothing_happens<Answer>();
                          return Rejection::organization_exists_already;
                        },
                    },
                    state, command);
}

Organization::State Organization::evolve(State, const Event& event) {
  return std::visit([](const OrganizationCreated& created) -> State { return Created{created}; },
                    event);
}

}  // namespace orrery
