#include <boost/json/object.hpp>
#include <boost/json/value_from.hpp>

#include "http/mkinf/answers.hpp"
#include "http/mkinf/resources.hpp"
#include "projections/catalogue/catalogue_view.hpp"

namespace orrery::mkinf {

void add_locations(Router& router, const Context& context) {
  const auto list = [context](const Request&, const Principal&, Responder respond) {
    const auto locations = context->catalogue->current()->locations();
    respond(ok(boost::json::object{{"items", boost::json::value_from(locations)}}));
  };
  router.add(Method::get, "/v0.1/projects/{project_id}/locations", in_project(context, list));
}

}  // namespace orrery::mkinf
