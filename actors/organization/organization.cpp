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
                        [](const Absent&, const Rename&) -> Answer {
                          return Rejection::organization_does_not_exist;
                        },
                        [](const Created& organization, const Rename& rename) -> Answer {
                          if (rename.name.empty()) return Rejection::name_must_not_be_empty;
                          if (rename.name == organization.name) return nothing_happens<Answer>();
                          return happens<Answer>(OrganizationRenamed{rename.name});
                        },
                    },
                    state, command);
}

Organization::State Organization::evolve(State state, const Event& event) {
  std::visit(
      Match{
          [&](const OrganizationCreated& created) {
            state = Created{created, created.name};
          },
          [&](const OrganizationRenamed& renamed) { std::get<Created>(state).name = renamed.name; },
      },
      event);
  return state;
}

}  // namespace orrery
