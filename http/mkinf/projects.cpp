#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "http/mkinf/answers.hpp"
#include "http/mkinf/resources.hpp"

namespace orrery::mkinf {

void add_projects(Routes& routes) {
  const auto list = [](const Context& context, const Request&, const Principal& principal,
                       const Reply& reply) {
    boost::json::array items;
    for (const auto& project : context->identity->projects_of(principal)) {
      if (!context->gate().identity->may_reach_project(principal, project.id)) continue;
      items.push_back(boost::json::object{{"id", project.id},
                                          {"name", project.name},
                                          {"version", "v0.1"},
                                          {"organization_id", project.organization_id}});
    }
    reply(whole_list(reply.surface(), std::move(items)));
  };
  routes.add(Method::get, routes.surface().projects, list);
}

}  // namespace orrery::mkinf
