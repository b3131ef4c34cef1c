#include "http/gpushare/device.hpp"

#include <charconv>
#include <cstdint>
#include <memory>
#include <utility>

#include <boost/describe/enum_to_string.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "actors/client/client.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "http/auth/credential.hpp"
#include "storage/subject_keys.hpp"

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
json::value opened(const GpushareContext& context, const Sealed& sealed) {
  if (sealed.subject.empty()) return nullptr;
  const auto text = context.subject_keys->open(sealed);
  return text ? json::value(*text) : json::value(nullptr);
}

std::uint64_t number_of(std::string_view id) {
  std::uint64_t number = 0;
  std::from_chars(id.data(), id.data() + id.size(), number);
  return number;
}

Response created(const json::object& body) {
  Response response;
  response.status = 201;
  response.body = json::serialize(body);
  return response;
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
  const auto picture = opened(context, client.details.profile_image_url);
  return created({{"message", message},
                  {"token", device.token},
                  {"user_id", number_of(client.id)},
                  {"device_token", device.device_id},
                  {"username", opened(context, client.names.username)},
                  {"email", opened(context, client.names.email)},
                  {"role", boost::describe::enum_to_string(client.role, "")},
                  {"profile_image", picture},
                  {"profile_image_url", picture}});
}

Response said(std::string_view message) { return created({{"message", message}}); }

}  // namespace orrery::gpushare
