#include "actors/project/project.hpp"

#include <algorithm>

#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "storage/clock.hpp"

namespace orrery::admin {
namespace {

boost::json::object project_json(const ProjectDetails& project) {
  return {{"id", project.id},
          {"organization_id", project.organization_id},
          {"name", project.name},
          {"created_at", rfc3339_seconds(project.created_at)}};
}

/// Those of the moment that is shown, as far as the caller reaches them now.
std::vector<ProjectDetails> reached_projects(const Call& call) {
  const auto& context = call->context();
  auto projects = context.identity->projects_of(call->principal());
  std::erase_if(projects, [&](const ProjectDetails& project) {
    return !context.gate().identity->may_reach_project(call->principal(), project.id);
  });
  return projects;
}

void list_all(const Call& call) { call->answer(listed(reached_projects(call), project_json)); }

void list(const Call& call) {
  auto projects = reached_projects(call);
  std::erase_if(projects, [&](const ProjectDetails& project) {
    return project.organization_id != call->organization_id();
  });
  call->answer(listed(projects, project_json));
}

void show(const Call& call, const std::string& id, unsigned status) {
  call->answer(project_json(*call->context().identity->project(id)), status);
}

std::string read_name(JsonFields& fields) {
  return std::string(fields.required_string("name", name_bytes_max));
}

void create(const Call& call) {
  with_body(call, read_name, [&](std::string name) {
    const auto id = call->ids().uuid();
    order<Project>(call, id, Project::Create{{call->organization_id(), std::move(name)}},
                   [=] { show(call, id, 201); });
  });
}

void rename(const Call& call) {
  with_body(call, read_name, [&](std::string name) {
    order<Project>(call, call->parameter(0), Project::Rename{std::move(name)},
                   [call] { show(call, call->parameter(0), 200); });
  });
}

}  // namespace

void add_projects(AdminRoutes& routes) {
  routes.add_own(Method::get, "/orrery/v1/projects", list_all);
  routes.add(Method::get, "/orrery/v1/organizations/{organization_id}/projects",
             AdminAction::see_projects, list);
  routes.add(Method::post, "/orrery/v1/organizations/{organization_id}/projects",
             AdminAction::create_project, create);
  routes.add(Method::get, "/orrery/v1/projects/{project_id}", AdminAction::see_projects,
             [](const Call& call) { show(call, call->parameter(0), 200); });
  routes.add(Method::patch, "/orrery/v1/projects/{project_id}", AdminAction::rename_project,
             rename);
}

}  // namespace orrery::admin
