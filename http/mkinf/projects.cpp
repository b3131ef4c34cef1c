#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "http/mkinf/answers.hpp"
#include "http/mkinf/resources.hpp"

namespace orrery::mkinf {

void add_projects(Router& router, const Context& context) {
  const auto list = [context](const Request&, const Principal& principal, Responder respond) {
    boost::json::array items;
    for (const auto& project : context->identity->projects_of(principal))
      items.push_back(boost::json::object{{"id", project.id},
                                          {"name", project.name},
                                          {"version", "v0.1"},
                                          {"organization_id", project.organization_id}});
    respond(ok(items));
  };
  router.add(Method::get, "/v0.1/projects", signed_in(context, list));
}

}  // namespace orrery::mkinf
