#include "http/mkinf/access.hpp"

#include <algorithm>

#include "http/auth/credential.hpp"
#include "http/mkinf/errors.hpp"
#include "storage/clock.hpp"

namespace orrery::mkinf {

namespace {

constexpr std::size_t idempotency_key_bytes_max = 255;

}  // namespace

std::shared_ptr<const Principal> principal_of(const MkinfContext& context, const Request& request) {
  const auto credential = bearer_credential(request.header("authorization"));
  if (credential.empty()) return nullptr;
  auto principal = context.identity->principal_of(credential_digest(credential));
  // Only what expires needs the clock.
  if (principal && principal->expires_at != Time::max() && principal->expired(context.clock->now()))
    return nullptr;
  return principal;
}

Handler signed_in(Context context, PrincipalHandler handler) {
  return [context = std::move(context), handler = std::move(handler)](const Request& request,
                                                                      Responder respond) {
    const auto principal = principal_of(*context, request);
    if (!principal) return respond(unauthorized());
    handler(request, *principal, std::move(respond));
  };
}

Handler in_project(Context context, PrincipalHandler handler) {
  auto inner = [context, handler = std::move(handler)](
                   const Request& request, const Principal& principal, Responder respond) {
    if (!context->identity->may_reach_project(principal, request.path_parameters[0]))
      return respond(not_found("project"));
    handler(request, principal, std::move(respond));
  };
  return signed_in(std::move(context), std::move(inner));
}

IdempotencyKey idempotency_key(const Request& request) {
  const auto text = request.header("idempotency-key");
  const bool printable = std::all_of(text.begin(), text.end(),
                                     [](char letter) { return letter >= ' ' && letter <= '~'; });
  return {text, printable && text.size() <= idempotency_key_bytes_max};
}

}  // namespace orrery::mkinf
