#include "actors/project/project.hpp"

namespace orrery {

using Answer = Decision<Project::Event, Project::Rejection>;

Answer Project::decide(const State& state, const Command& command) {
  return std::visit(Match{
                        [](const Absent&, const Create& create) -> Answer {
                          if (create.description.name.empty())
                            return Rejection::name_must_not_be_empty;
                          if (create.description.organization_id.empty())
                            return Rejection::organization_must_not_be_empty;
                          return happens<Answer>(create.description);
                        },
                        [](const Created& project, const Create& create) -> Answer {
                          if (create.description == project.description)
                            return nothing_happens<Answer>();
                          return Rejection::project_exists_already;
                        },
                    },
                    state, command);
}

Project::State Project::evolve(State, const Event& event) {
  return std::visit([](const ProjectCreated& created) -> State { return Created{created}; }, event);
}

}  // namespace orrery
