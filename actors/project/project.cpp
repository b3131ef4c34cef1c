#include "actors/project/project.hpp"

namespace orrery {

using Answer = Decision<Project::Event, Project::Rejection>;

Answer Project::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const Create& create) -> Answer {
            if (create.description.name.empty()) return Rejection::name_must_not_be_empty;
            if (create.description.organization_id.empty())
              return Rejection::organization_must_not_be_empty;
            return happens<Answer>(create.description);
          },
          [](const Created& project, const Create& create) -> Answer {
            if (create.description == project.description) return nothing_happens<Answer>();
            return Rejection::project_exists_already;
          },
          [](const Absent&, const Rename&) -> Answer { return Rejection::project_does_not_exist; },
          [](const Created& project, const Rename& rename) -> Answer {
            if (rename.name.empty()) return Rejection::name_must_not_be_empty;
            if (rename.name == project.name) return nothing_happens<Answer>();
            return happens<Answer>(ProjectRenamed{rename.name});
          },
      },
      state, command);
}

Project::State Project::evolve(State state, const Event& event) {
  std::visit(
      Match{
          [&](const ProjectCreated& created) {
            state = Created{created, created.name};
          },
          [&](const ProjectRenamed& renamed) { std::get<Created>(state).name = renamed.name; },
      },
      event);
  return state;
}

}  // namespace orrery
