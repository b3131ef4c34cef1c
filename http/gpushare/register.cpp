#include <memory>
#include <string>
#include <tuple>
#include <utility>

#include "http/auth/password_pool.hpp"
#include "http/auth/peer_group.hpp"
#include "http/gpushare/device.hpp"
#include "http/gpushare/fields.hpp"
#include "http/gpushare/new_password.hpp"
#include "http/gpushare/password_check.hpp"
#include "http/gpushare/registration.hpp"
#include "http/gpushare/sessions.hpp"
#include "storage/clock.hpp"

namespace orrery::gpushare {

namespace {

constexpr std::string_view registered_message = "User registered successfully.";

/// A registration on its way, after its words have been read.
struct Arrival {
  Context context;
  RegistrationRequest request;
  /// For the first device; drawn with the request's id.
  std::string device_id;
  Reply reply;
};

struct Words {
  NewClient person;
  std::string password;
};

void refuse_taken(const GpushareContext& context, Fields& fields, const NewClient& person) {
  const auto& [secret, clients] = std::tie(context.secret, *context.clients);
  if (clients.by_username(secret.username_key(person.username)))
    fields.refuse("username", username_is_taken);
  if (clients.by_email(secret.email_key(person.email))) fields.refuse("email", email_is_taken);
  if (is_foreign_address(secret, person.username, person.email))
    fields.refuse("username", username_is_foreign_address);
}

boost::system::result<Words, Refusal> read(const GpushareContext& context, const Request& request) {
  const auto body = body_of(request);
  if (!body) return body.error();
  Fields fields(*body);
  Words words;
  const auto username = fields.username("username");
  const auto email = fields.email("email");
  words.password = read_new_password(fields, "password", "confirm_password");
  const auto terms = fields.truth("terms_accepted", nullable);
  if (terms && !*terms) fields.refuse("terms_accepted", "The terms must be accepted.");
  if (username) words.person.username = *username;
  if (email) words.person.email = *email;
  words.person.terms_accepted = terms.value;
  words.person.ip = request.peer;
  if (username && email) {
    refuse_taken(context, fields, words.person);
    refuse_name_as_password(fields, "password", words.password, *username, *email);
  }
  if (auto refusal = fields.refusal()) return *std::move(refusal);
  return words;
}

void open_first_device(const Arrival& arrival, const MarketClient& client) {
  DeviceWish wish{client.id, arrival.device_id, arrival.request.correlation, client.password_hash};
  open_device(arrival.context, std::move(wish), [arrival](const auto& opened) {
    if (!opened) return arrival.reply(opened.error());
    arrival.reply(session_answer(*arrival.context, *opened, registered_message));
  });
}

void answer(const Arrival& arrival, const Registration& registration) {
  switch (registration.kind) {
    case Registration::Kind::registered:
      return open_first_device(arrival, *registration.client);
    case Registration::Kind::username_taken:
      return arrival.reply(field_error("username", username_is_taken));
    case Registration::Kind::email_taken:
      return arrival.reply(field_error("email", email_is_taken));
    case Registration::Kind::key_reused:
      return arrival.reply(idempotency_key_reused());
    case Registration::Kind::unavailable:
      return arrival.reply(unavailable());
  }
}

/// Who is registered already signs in: by the password of now, whatever it was then.
void answer_again(const Arrival& arrival, const Registration& registration,
                  const Request& request) {
  const auto body = body_of(request);
  if (registration.kind != Registration::Kind::registered || !body)
    return answer(arrival, registration);
  Fields fields(*body);
  const auto email = fields.text("email");
  const auto password = fields.text("password", required, {.is_trimmed = false});
  if (!email || !password) return arrival.reply(idempotency_key_reused());
  check_password(*arrival.context, {*email, *password, request.peer},
                 [arrival, id = registration.client->id](const PasswordAnswer& checked) {
                   if (checked.kind != PasswordAnswer::Kind::right || checked.client->id != id)
                     return arrival.reply(refusal_of(checked));
                   open_first_device(arrival, *checked.client);
                 });
}

void hash_and_register(const Arrival& arrival, Words words) {
  const auto person = std::make_shared<NewClient>(std::move(words.person));
  const auto hashed = [arrival, person](std::string hash) {
    if (hash.empty()) return arrival.reply(unavailable());
    person->password_hash = std::move(hash);
    register_client(arrival.context, std::move(*person), arrival.request,
                    [arrival](const Registration& registration) { answer(arrival, registration); });
  };
  if (!arrival.context->passwords->hash(std::move(words.password), hashed))
    arrival.reply(unavailable());
}

void register_person(const Context& context, const Request& request, const Caller& caller,
                     const Reply& reply) {
  auto identity = identity_of(*context, "gpushare register", caller, request);
  if (!identity) return reply(identity.error());
  auto request_id = identity->ids->uuid();
  const Arrival arrival{
      context,
      {caller.actor(), request.request_id, std::move(request_id), identity->digest},
      identity->ids->uuid(),
      reply.with(identity->claim)};
  if (const auto before = registered_before(*context, arrival.request))
    return answer_again(arrival, *before, request);
  // Before the names are looked up, or the answers would tell who is here.
  const auto now = context->clock->now();
  const auto peer = peer_group(request.peer);
  if (!context->peer_registrations->take(peer, now))
    return arrival.reply(throttled(context->peer_registrations->wait(peer, now)));
  auto words = read(*context, request);
  if (!words) return arrival.reply(words.error());
  hash_and_register(arrival, *std::move(words));
}

}  // namespace

void add_registration(Routes& routes) { routes.add(Operation::client_register, register_person); }

}  // namespace orrery::gpushare
