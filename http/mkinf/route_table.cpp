#include "http/mkinf/route_table.hpp"

#include "http/auth/credential.hpp"
#include "http/auth/request_signature.hpp"
#include "http/mkinf/operation_start.hpp"
#include "storage/clock.hpp"

namespace orrery::mkinf {

namespace {

/// Requests that start operations share their keys: the same key for another request is refused,
/// whatever it asks for.
constexpr std::string_view start_purpose = "operation";

OpenHandler signed_in(PrincipalHandler handler) {
  return [handler = std::move(handler)](const Context& context, const Request& request,
                                        const Reply& reply) {
    const auto principal = principal_of(context->gate(), reply.surface(), request);
    if (!principal) return reply(unauthorized());
    handler(context, request, *principal, reply);
  };
}

PrincipalHandler in_project(PrincipalHandler handler) {
  return [handler = std::move(handler)](const Context& context, const Request& request,
                                        const Principal& principal, const Reply& reply) {
    const auto project_id = request.path_parameters[0];
    const bool is_reached = context->gate().identity->may_reach_project(principal, project_id);
    if (!is_reached || (context->present && !context->identity->project(project_id)))
      return reply(not_found("project"));
    handler(context, request, principal, reply);
  };
}

/// Below the check of who asks, so that nobody learns anything from a key.
PrincipalHandler identified(std::string purpose, ChangeHandler handler) {
  return [purpose = std::move(purpose), handler = std::move(handler)](
             const Context& context, const Request& request, const Principal& principal,
             const Reply& reply) {
    auto identity = identify({context->secret, context->keys_in_flight, *context->ids}, purpose,
                             principal.actor, request);
    if (!identity) return reply(refusal_of(identity.error()));
    const auto holding = reply.with(identity->claim);
    handler(context, request, principal, *std::move(identity), holding);
  };
}

/// Whether the operation of this request is known already; then it has been answered, before
/// anything is looked at that may have changed since.
bool answers_again(const MkinfContext& context, const Request& request, const Starting& starting,
                   const Reply& reply) {
  if (starting.identity.digest.empty()) return false;
  const auto known = context.operations->find(request.path_parameters[0], starting.operation_id);
  if (!known) return false;
  if (known->request_digest == starting.identity.digest)
    reply(started_answer(context, *known));
  else
    reply(idempotency_key_reused());
  return true;
}

/// The holder of the key that signed the request, as far as the signature is good.
std::shared_ptr<const Principal> signer_of(const MkinfContext& context, const Request& request,
                                           const RequestSignature& signature) {
  auto principal = context.identity->principal_of_key(signature.key_id);
  const auto secret = context.secret.signing_secret(signature.key_id);
  const bool good = is_signed(request, signature, secret, context.clock->now());
  return good ? principal : nullptr;
}

}  // namespace

std::shared_ptr<const Principal> principal_of(const MkinfContext& context, const Surface& surface,
                                              const Request& request) {
  const auto credential = bearer_credential(request.header("authorization"));
  if (credential.empty()) return nullptr;
  const auto signature = surface.signatures ? read_signature(credential) : std::nullopt;
  auto principal = signature ? signer_of(context, request, *signature)
                             : context.identity->principal_of(credential_digest(credential));
  // A namespace's key opens the NeoLink dialect alone.
  if (principal && principal->kind == Principal::Kind::namespace_key) return nullptr;
  // Only what expires needs the clock.
  if (principal && principal->expires_at != Time::max() && principal->expired(context.clock->now()))
    return nullptr;
  return principal;
}

Refusal refusal_of(KeyProblem problem) {
  return problem == KeyProblem::malformed ? bad_request(key_malformed_sentence)
                                          : idempotency_key_in_use();
}

void Routes::add_open(Method method, std::string_view pattern, OpenHandler handler) {
  router_.add(method, pattern,
              [surface = &surface_, context = context_, handler = std::move(handler)](
                  const Request& request, Responder respond) {
                handler(context, request, Reply(std::move(respond), *surface));
              });
}

void Routes::add(Method method, std::string_view pattern, PrincipalHandler handler) {
  const auto first = pattern.find('{');
  if (first != pattern.npos && pattern.substr(first).starts_with("{project_id}"))
    handler = in_project(std::move(handler));
  add_open(method, pattern, signed_in(std::move(handler)));
}

void Routes::add_change(Method method, std::string_view pattern, ChangeHandler handler) {
  // The pattern keeps the kinds of requests apart: each draws in an order of its own.
  add(method, pattern, identified(std::string(pattern), std::move(handler)));
}

void Routes::add_start(Method method, std::string_view pattern, StartHandler handler) {
  add_starts(method, pattern,
             [handler = std::move(handler)](const Context& context, const Request& request,
                                            const Principal& principal, RequestIdentity identity,
                                            const Reply& reply) {
               Starting starting{identity.ids->uuid(), std::move(identity)};
               if (answers_again(*context, request, starting, reply)) return;
               handler(context, request, principal, std::move(starting), reply);
             });
}

void Routes::add_starts(Method method, std::string_view pattern, ChangeHandler handler) {
  add(method, pattern, identified(std::string(start_purpose), std::move(handler)));
}

void Routes::add_fallback() {
  router_.fallback(surface_.root, [surface = &surface_](const Request& request, Responder respond) {
    const auto& fault = request.fault;
    const auto refusal = fault.status == 404 ? surface->unknown_route()
                                             : error(fault.status, fault.code, fault.message);
    respond(surface->refused(refusal));
  });
}

}  // namespace orrery::mkinf
