#include <boost/json/object.hpp>

#include "http/mkinf/answers.hpp"
#include "http/mkinf/resources.hpp"

namespace orrery::mkinf {

/// Open to all, but a credential that is given must be good: the document tries its access key
/// here.
void add_root(Routes& routes) {
  const auto root = [](const Context& context, const Request& request, const Reply& reply) {
    if (!request.header("authorization").empty() &&
        !principal_of(*context, reply.surface(), request))
      return reply(unauthorized());
    reply(ok(boost::json::object{{"name", "mkinf"}, {"version", "v0.1"}}));
  };
  routes.add_open(Method::get, routes.surface().root, root);
}

}  // namespace orrery::mkinf
