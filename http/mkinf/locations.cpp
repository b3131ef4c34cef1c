#include <boost/json/object.hpp>
#include <boost/json/value_from.hpp>

#include "http/mkinf/answers.hpp"
#include "http/mkinf/resources.hpp"
#include "projections/catalogue/catalogue_view.hpp"

namespace orrery::mkinf {

void add_locations(Routes& routes) {
  const auto list = [](const Context& context, const Request&, const Principal&,
                       const Reply& reply) {
    const auto locations = context->catalogue->current()->locations();
    reply(ok(boost::json::object{{"items", boost::json::value_from(locations)}}));
  };
  routes.add(Method::get, routes.surface().locations, list);
}

}  // namespace orrery::mkinf
