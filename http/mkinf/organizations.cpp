#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "http/mkinf/answers.hpp"
#include "http/mkinf/resources.hpp"

namespace orrery::mkinf {

void add_organizations(Router& router, const Context& context) {
  const auto list = [context](const Request&, const Principal& principal, Responder respond) {
    boost::json::array items;
    for (const auto& organization : context->identity->organizations_of(principal))
      items.push_back(boost::json::object{{"id", organization.id},
                                          {"name", organization.name},
                                          {"stripe_customer_id", organization.stripe_customer_id}});
    respond(ok(items));
  };
  router.add(Method::get, "/v0.1/organizations", signed_in(context, list));
}

}  // namespace orrery::mkinf
