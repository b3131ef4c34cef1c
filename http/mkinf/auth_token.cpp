#include <fmt/format.h>
#include <boost/json/object.hpp>

#include "http/auth/credential.hpp"
#include "http/auth/sessions.hpp"
#include "http/json/json_body.hpp"
#include "http/json/json_fields.hpp"
#include "http/mkinf/answers.hpp"
#include "http/mkinf/resources.hpp"

namespace orrery::mkinf {

namespace {

constexpr std::size_t email_bytes_max = 320;
/// argon2id takes any size; more than this is no password.
constexpr std::size_t password_bytes_max = 1024;
constexpr std::size_t token_bytes_max = 1024;

Response tokens_answer(const SessionTokens& tokens) {
  auto response = ok(boost::json::object{{"access_token", tokens.access_token},
                                         {"refresh_token", tokens.refresh_token},
                                         {"expires_in", access_token_lifetime.count()},
                                         {"token_type", "bearer"}});
  response.headers.emplace_back("Cache-Control", "no-store");
  return response;
}

Refusal too_many() {
  return {429, "too_many_requests", "Too many sign-ins, try again later", {{"Retry-After", "3"}}};
}

void answer(const Reply& reply, const SignIn& sign_in) {
  switch (sign_in.failure) {
    case SignInFailure::none:
      return reply(tokens_answer(sign_in.tokens));
    case SignInFailure::refused:
      return reply(unauthorized());
    case SignInFailure::key_reused:
      return reply(idempotency_key_reused());
    case SignInFailure::too_many:
      return reply(too_many());
    case SignInFailure::unavailable:
      return reply(unavailable());
  }
}

/// A sign-in of this server, on its way.
struct SigningIn {
  Context context;
  std::shared_ptr<const Sessions> sessions;
  const Request& request;
  const Reply& reply;

  /// Runs `go(identity, done)`, which holds the sessions too: a password may still be hashed when
  /// the routes are gone. `who` keeps apart whose keys these are.
  template <class Go>
  void identified(std::string_view who, const Go& go) const {
    auto identity = identify({context->secret, context->keys_in_flight, *context->ids},
                             "auth.token", who, request);
    if (!identity) return reply(refusal_of(identity.error()));
    const auto holding = reply.with(identity->claim);
    go(*std::move(identity),
       [holding, sessions = sessions](const SignIn& sign_in) { answer(holding, sign_in); });
  }
};

/// The body's fields as far as its grant needs them; the others are tolerated.
void grant(const SigningIn& signing_in, JsonFields& fields) {
  const auto& sessions = *signing_in.sessions;
  const auto& request_id = signing_in.request.request_id;
  const auto grant_type = fields.required_string("grant_type", 64);
  if (grant_type == "password") {
    const auto email = fields.required_string("email", email_bytes_max);
    const auto password = fields.required_string("password", password_bytes_max);
    if (!email.empty() && email.find('@') == std::string_view::npos)
      fields.refuse("email", "must be a mail address");
    if (fields.problem()) return signing_in.reply(bad_request(*fields.problem()));
    return signing_in.identified(sessions.secret.account_id(email), [&](auto identity, auto done) {
      sessions.open(email, std::string(password), std::move(identity), request_id, done);
    });
  }
  if (grant_type == "refresh_token") {
    const auto token = fields.required_string("refresh_token", token_bytes_max);
    if (fields.problem()) return signing_in.reply(bad_request(*fields.problem()));
    return signing_in.identified(credential_digest_text(token), [&](auto identity, auto done) {
      sessions.refresh(token, std::move(identity), request_id, done);
    });
  }
  fields.refuse("grant_type", "must be \"password\" or \"refresh_token\"");
  signing_in.reply(bad_request(*fields.problem()));
}

}  // namespace

void add_auth_token(Routes& routes) {
  const auto& context = routes.context();
  const auto sessions = std::make_shared<const Sessions>(
      Sessions{context->identity, context->gateway, context->passwords, context->clock,
               context->secret, context->guesses});
  routes.add_open(Method::post, fmt::format("{}/auth/token", routes.surface().root),
                  [sessions](const Context& held, const Request& request, const Reply& reply) {
                    const auto object = parse_json_object(request.body);
                    if (!object) return reply(bad_request(object.error().message));
                    JsonFields fields(*object);
                    grant({held, sessions, request, reply}, fields);
                  });
}

}  // namespace orrery::mkinf
