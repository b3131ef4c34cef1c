#include <boost/json/object.hpp>

#include "http/mkinf/answers.hpp"
#include "http/mkinf/errors.hpp"
#include "http/mkinf/resources.hpp"

namespace orrery::mkinf {

/// Open to all, but a credential that is given must be good: the document tries its access key
/// here.
void add_root(Router& router, const Context& context) {
  router.add(Method::get, "/v0.1", [context](const Request& request, Responder respond) {
    if (!request.header("authorization").empty() && !principal_of(*context, request))
      return respond(unauthorized());
    respond(ok(boost::json::object{{"name", "mkinf"}, {"version", "v0.1"}}));
  });
}

}  // namespace orrery::mkinf
