#include "http/kittens/kittens.hpp"

#include <memory>
#include <optional>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "http/auth/credential.hpp"
#include "projections/kittens/kitten_view.hpp"

namespace orrery {
namespace {

using Context = std::shared_ptr<const KittenContext>;
using Outcome = boost::system::result<orrery::Outcome<Kitten>, Unavailable>;

Response json(const boost::json::value& value) {
  Response response;
  response.body = boost::json::serialize(value);
  return response;
}

boost::json::object show(const KittenDetails& details) {
  const auto& [name, breed, fluffiness, cuteness] = details.kitten;
  return {{"id", std::stoull(details.id)},
          {"name", name},
          {"breed", breed},
          {"fluffiness", fluffiness},
          {"cuteness", cuteness}};
}

/// Why the request can't be looked at any further.
std::optional<Fault> fault_of(const KittenContext& context, const Request& request) {
  const auto key = request.header("authorization");
  if (key.empty() || credential_digest_text(key) != context.key_digest)
    return Fault{401, "unauthorized", "Your API key is wrong."};
  const auto format = request.header("accept");
  if (!format.empty() && format.find("json") == format.npos && format.find("*") == format.npos)
    return Fault{406, "not_acceptable", "You requested a format that isn't json."};
  return std::nullopt;
}

Response list(const KittenContext& context, const Request& request) {
  const auto available = request.query_parameter("available");
  const auto include_cats = request.query_parameter("include_cats");
  for (const auto& value : {available, include_cats})
    if (!value.empty() && value != "true" && value != "false")
      return problem({400, "bad_request", "Your request is invalid."});
  boost::json::array shown;
  for (const auto& details : context.kittens->list())
    if (!details.removed || available == "false") shown.emplace_back(show(details));
  return json(shown);
}

/// `answer` is called with the kitten that the path names, while it is there.
template <class Answer>
void with_kitten(const KittenContext& context, const Request& request, const Responder& respond,
                 Answer answer) {
  const auto found = context.kittens->find(request.path_parameters[0]);
  if (!found) return respond(problem({404, "not_found", "The kitten could not be found."}));
  if (found->removed) return respond(problem({410, "gone", "The kitten has been removed."}));
  answer(*found);
}

void get(const KittenContext& context, const Request& request, Responder respond) {
  with_kitten(context, request, respond, [&](const auto& kitten) { respond(json(show(kitten))); });
}

void remove(const KittenContext& context, const Request& request, Responder respond) {
  with_kitten(context, request, respond, [&](const KittenDetails& kitten) {
    const Origin origin{"kittens", 0, request.request_id};
    const auto done = [respond, id = kitten.id](const Outcome& outcome) {
      if (!outcome) return respond(problem({503, "unavailable", "We're temporarily offline."}));
      respond(json({{"id", std::stoull(id)}, {"deleted", ":("}}));
    };
    context.gateway->submit<Kitten>({kitten.id, Kitten::Remove{}, origin, {}}, done);
  });
}

}  // namespace

void add_kitten_routes(Router& router, const KittenContext& context) {
  const auto shared = std::make_shared<const KittenContext>(context);
  const auto add = [&](Method method, std::string_view pattern, auto handler) {
    for (const std::string base : {"/api/kittens", "/kittens"})
      router.add(method, base + std::string(pattern),
                 [shared, handler](const Request& request, Responder respond) {
                   if (const auto fault = fault_of(*shared, request))
                     return respond(problem(*fault));
                   handler(*shared, request, std::move(respond));
                 });
  };
  add(Method::get, "", [](const auto& kittens, const auto& request, Responder respond) {
    respond(list(kittens, request));
  });
  add(Method::get, "/{kitten_id}", get);
  add(Method::delete_, "/{kitten_id}", remove);
}

}  // namespace orrery
