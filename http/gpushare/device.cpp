#include "http/gpushare/device.hpp"

#include <memory>
#include <utility>

#include <boost/describe/enum_to_string.hpp>
#include <boost/json/object.hpp>

#include "actors/client/client.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "http/auth/credential.hpp"
#include "http/gpushare/rows.hpp"

namespace orrery::gpushare {

namespace {

namespace json = boost::json;

using DeviceOpened = std::function<void(boost::system::result<OpenedDevice, Refusal>)>;

Origin origin_of(const DeviceWish& wish) {
  return {"client/" + wish.client_id, 0, wish.correlation};
}

/// A password that was changed after it had been verified has signed out every device before this
/// one came: it goes as well.
void take_back(const GpushareContext& context, const DeviceWish& wish) {
  context.gateway->submit<Client>(
      {wish.client_id, Client::SignOut{wish.device_id}, origin_of(wish), {}}, [](const auto&) {});
}

void signed_in(const GpushareContext& context, const DeviceWish& wish, std::string token,
               const DeviceOpened& done) {
  auto client = context.clients->find(wish.client_id);
  if (!client) return done(authentication_failed("Invalid username/password."));
  if (wish.password_hash && *wish.password_hash != client->password_hash) {
    take_back(context, wish);
    return done(authentication_failed("Invalid username/password."));
  }
  done(OpenedDevice{std::move(client), wish.device_id, std::move(token)});
}

/// Null where it isn't told, or can't be read any more.
json::value told(const GpushareContext& context, const Sealed& sealed) {
  return opened(context, sealed).value_or(nullptr);
}

}  // namespace

void open_device(const Context& context, DeviceWish wish, DeviceOpened done) {
  auto token = context->secret.client_token(wish.client_id, wish.device_id);
  ClientSignedIn device{wish.device_id, credential_digest_text(token)};
  CommandMessage<Client> command{
      wish.client_id, Client::SignIn{std::move(device)}, origin_of(wish), {}};
  context->gateway->submit<Client>(
      std::move(command), [context, wish = std::move(wish), token = std::move(token),
                           done = std::move(done)](const auto& outcome) {
        if (!outcome) return done(unavailable());
        if (outcome->rejection) return done(authentication_failed("Invalid username/password."));
        signed_in(*context, wish, token, done);
      });
}

Response session_answer(const GpushareContext& context, const OpenedDevice& device,
                        std::string_view message) {
  const auto& client = *device.client;
  const auto picture = told(context, client.details.profile_image_url);
  return answer(201, json::object{{"message", message},
                                  {"token", device.token},
                                  {"user_id", number_json(client.id)},
                                  {"device_token", device.device_id},
                                  {"username", told(context, client.names.username)},
                                  {"email", told(context, client.names.email)},
                                  {"role", boost::describe::enum_to_string(client.role, "")},
                                  {"profile_image", picture},
                                  {"profile_image_url", picture}});
}

Response said(std::string_view message) { return answer(201, json::object{{"message", message}}); }

}  // namespace orrery::gpushare
