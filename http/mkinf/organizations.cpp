#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "http/mkinf/answers.hpp"
#include "http/mkinf/resources.hpp"

namespace orrery::mkinf {

void add_organizations(Routes& routes) {
  const auto list = [](const Context& context, const Request&, const Principal& principal,
                       const Reply& reply) {
    boost::json::array items;
    for (const auto& organization : context->identity->organizations_of(principal)) {
      if (!context->gate().identity->may_reach_organization(principal, organization.id)) continue;
      items.push_back(boost::json::object{{"id", organization.id},
                                          {"name", organization.name},
                                          {"stripe_customer_id", organization.stripe_customer_id}});
    }
    reply(whole_list(reply.surface(), std::move(items)));
  };
  routes.add(Method::get, routes.surface().organizations, list);
}

}  // namespace orrery::mkinf
