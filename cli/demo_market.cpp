#include "cli/demo_market.hpp"

#include <future>
#include <utility>

#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>

#include "actors/runtime/command_gateway.hpp"
#include "cli/exit_codes.hpp"
#include "cli/start_failure.hpp"
#include "http/auth/credential.hpp"
#include "http/auth/password_pool.hpp"
#include "http/gpushare/registration.hpp"

namespace orrery {

namespace {

using gpushare::NewClient;
using gpushare::Registration;
using gpushare::RegistrationRequest;

constexpr std::string_view sender = "process/demo";
/// So many people may have come between.
constexpr unsigned attempt_count_max = 100;

void send(const GpushareContext& context, const std::string& id, Client::Command command) {
  std::promise<std::string> answered;
  context.gateway->submit<Client>(
      {id, std::move(command), Origin{std::string(sender), 0, {}}, {}}, [&](const auto& outcome) {
        if (!outcome)
          answered.set_value(outcome.error().reason);
        else if (outcome->rejection)
          answered.set_value(boost::describe::enum_to_string(*outcome->rejection, "refused"));
        else
          answered.set_value("");
      });
  if (const auto problem = answered.get_future().get(); !problem.empty())
    throw StartFailure{exit_demo, fmt::format("the demo's client {}: {}", id, problem)};
}

/// Somebody of the demo, whose every word follows from his number.
struct Person {
  NewClient client;
  std::string password;
  std::string device_id;
  RegistrationRequest request;
};

Person person(const GpushareContext& context, std::string_view name, unsigned number) {
  SeededIdSource ids(context.secret.seed_of("demo market", name, std::to_string(number)));
  Person drawn;
  drawn.client.username = number == 0 ? std::string(name) : fmt::format("{}-{}", name, number);
  drawn.client.email = drawn.client.username + "@orrery.invalid";
  drawn.client.terms_accepted = true;
  drawn.password = mint_credential("", ids);
  drawn.device_id = ids.uuid();
  drawn.request = {std::string(sender), {}, ids.uuid(), "demo"};
  return drawn;
}

Registration register_now(const GpushareContext& context, Person& person) {
  if (auto before = registered_before(context, person.request)) return *before;
  person.client.password_hash = context.passwords->hash(person.password);
  std::promise<Registration> done;
  register_client(std::make_shared<const GpushareContext>(context), person.client, person.request,
                  [&](Registration registration) { done.set_value(std::move(registration)); });
  return done.get_future().get();
}

struct Arrived {
  Person person;
  ClientView::Client client;
  std::string token;
};

Arrived provide(const GpushareContext& context, std::string_view name, ClientRole role) {
  for (unsigned number = 0; number < attempt_count_max; ++number) {
    auto wished = person(context, name, number);
    wished.client.role = role;
    const auto registration = register_now(context, wished);
    if (registration.kind != Registration::Kind::registered) continue;
    const auto& id = registration.client->id;
    auto token = context.secret.client_token(id, wished.device_id);
    const auto digest = credential_digest_text(token);
    send(context, id, Client::SignIn{{wished.device_id, digest}});
    return {std::move(wished), registration.client, std::move(token)};
  }
  throw StartFailure{exit_demo, "the demo's people can't be registered"};
}

}  // namespace

DemoMarket provide_demo_market(const GpushareContext& context) {
  const auto provider = provide(context, "demo", ClientRole::user);
  if (!provider.client->is_provider_approved) {
    send(context, provider.client->id, Client::BecomeProvider{});
    send(context, provider.client->id, Client::ApproveProvider{});
  }
  const auto admin = provide(context, "demo-admin", ClientRole::admin);
  const auto& words = provider.person;
  return {provider.client->id, words.client.email, words.client.username,
          words.password,      provider.token,     admin.token};
}

}  // namespace orrery
