#include "http/neolink/route_table.hpp"

#include <fmt/format.h>

#include "http/auth/credential.hpp"
#include "http/auth/living_principal.hpp"

namespace orrery::neolink {

namespace {

/// The holder of the request's token, where it is alive and a namespace's.
std::shared_ptr<const Principal> principal_of(const NeolinkContext& context,
                                              const Request& request) {
  auto principal = living_principal(*context.identity, *context.clock,
                                    bearer_credential(request.header("authorization")));
  return principal && principal->kind == Principal::Kind::namespace_key ? principal : nullptr;
}

boost::system::result<Caller, Refusal> caller_of(const NeolinkContext& context,
                                                 const Request& request) {
  const auto principal = principal_of(context, request);
  if (!principal) return unauthorized();
  const auto named = request.header("namespace");
  if (named.empty())
    return error(400, "namespace_header_missing",
                 "The namespace header with the user id is missing");
  if (named != principal->namespace_id) return not_found("namespace", named);
  return Caller{principal->namespace_id, principal->actor};
}

}  // namespace

boost::system::result<RequestIdentity, Refusal> identity_of(const NeolinkContext& context,
                                                            std::string_view purpose,
                                                            const Caller& caller,
                                                            const Request& request) {
  auto identity = identify({context.secret, context.keys_in_flight, *context.ids}, purpose,
                           caller.actor, request);
  if (!identity) return refusal_of(identity.error());
  return *std::move(identity);
}

void Routes::add(Method method, std::string_view path, Handler handler) {
  router_.add(method, fmt::format("{}{}", root, path),
              [context = context_, handler = std::move(handler)](const Request& request,
                                                                 Responder respond) {
                const Reply reply(std::move(respond));
                const auto caller = caller_of(*context, request);
                if (!caller) return reply(caller.error());
                handler(context, request, *caller, reply);
              });
}

void Routes::add_fallback() {
  router_.fallback(root, [](const Request& request, Responder respond) {
    const auto& fault = request.fault;
    respond(refused(error(fault.status, fault.code, fault.message)));
  });
}

}  // namespace orrery::neolink
