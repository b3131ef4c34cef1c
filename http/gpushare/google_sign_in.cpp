#include <memory>
#include <string>
#include <utility>

#include "actors/client/client.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "http/auth/google_tokens.hpp"
#include "http/gpushare/device.hpp"
#include "http/gpushare/fields.hpp"
#include "http/gpushare/free_username.hpp"
#include "http/gpushare/name_hold.hpp"
#include "http/gpushare/registration.hpp"
#include "http/gpushare/sessions.hpp"
#include "storage/clock.hpp"

namespace orrery::gpushare {

namespace {

/// Somebody for whom Google vouches, on his way in.
struct Visit : std::enable_shared_from_this<Visit> {
  Context context;
  GoogleIdentity google;
  std::string peer;
  RegistrationRequest request;
  std::string device_id;
  Reply reply;
  /// Names that turn out to be somebody's in the moment they are taken.
  unsigned attempt_count = 0;

  explicit Visit(Reply reply_given) : reply(std::move(reply_given)) {}

  void enter();

 private:
  void register_him();
  void registered(const Registration& registration);
  void prove_address(const std::string& client_id);
  void open(const std::string& client_id);
};

void Visit::enter() {
  const auto known = context->clients->by_email(context->secret.email_key(google.email));
  if (known && known->email_is_verified) return open(known->id);
  if (known) return prove_address(known->id);
  register_him();
}

void Visit::register_him() {
  NewClient person;
  person.username = free_username(*context, google.email);
  person.email = google.email;
  person.profile_image_url = google.picture_url;
  person.ip = peer;
  register_client(context, std::move(person), request,
                  [self = shared_from_this()](const Registration& registration) {
                    self->registered(registration);
                  });
}

void Visit::registered(const Registration& registration) {
  using Kind = Registration::Kind;
  if (registration.kind == Kind::registered) return prove_address(registration.client->id);
  // Somebody was faster: perhaps another request of his own.
  const bool is_taken =
      registration.kind == Kind::username_taken || registration.kind == Kind::email_taken;
  if (is_taken && ++attempt_count < 8) return enter();
  reply(unavailable());
}

/// Whoever registered with this address and never proved that it is his loses password and devices:
/// he may have been somebody else.
void Visit::prove_address(const std::string& client_id) {
  const auto names = hold_names(*context, client_id);
  if (!names) return reply(unavailable());
  // As he is while his names are held.
  const auto client = context->clients->by_email(context->secret.email_key(google.email));
  if (!client || client->id != client_id) return reply(unavailable());
  context->gateway->submit<Client>(
      {client_id,
       Client::VerifyEmail{true},
       Origin{"client/" + client_id, 0, request.correlation},
       {}},
      [self = shared_from_this(), client_id, names](const auto& outcome) {
        names->release();
        if (!outcome) return self->reply(unavailable());
        self->open(client_id);
      });
}

void Visit::open(const std::string& client_id) {
  open_device(context, DeviceWish{client_id, device_id, request.correlation},
              [self = shared_from_this()](const auto& opened) {
                if (!opened) return self->reply(opened.error());
                self->reply(session_answer(*self->context, *opened, "Login successful."));
              });
}

void sign_in(const Context& context, const Request& request, const Caller& caller,
             const Reply& reply) {
  if (!context->google) return reply(detail(503, "Nobody signs in with Google here."));
  auto identity = identity_of(*context, "gpushare google", caller, request);
  if (!identity) return reply(identity.error());
  const auto holding = reply.with(identity->claim);
  const auto body = body_of(request);
  if (!body) return holding(body.error());
  Fields fields(*body);
  const auto token = fields.text("token");
  if (const auto refusal = fields.refusal()) return holding(*refusal);
  auto google = context->google->verify(*token, context->clock->now());
  if (!google) return holding(error(400, "Invalid Google token."));
  const auto visit = std::make_shared<Visit>(holding);
  visit->context = context;
  visit->google = *std::move(google);
  visit->peer = request.peer;
  visit->request = {caller.actor(), request.request_id, identity->ids->uuid(), {}};
  visit->device_id = identity->ids->uuid();
  visit->enter();
}

}  // namespace

void add_google_sign_in(Routes& routes) { routes.add(Operation::client_google_auth, sign_in); }

}  // namespace orrery::gpushare
