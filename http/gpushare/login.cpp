#include <algorithm>
#include <string>
#include <utility>

#include "actors/client/client.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "http/gpushare/authentication.hpp"
#include "http/gpushare/device.hpp"
#include "http/gpushare/fields.hpp"
#include "http/gpushare/password_check.hpp"
#include "http/gpushare/sessions.hpp"

namespace orrery::gpushare {

namespace {

boost::system::result<PasswordClaim, Refusal> read(const Request& request) {
  const auto body = body_of(request);
  if (!body) return body.error();
  Fields fields(*body);
  // By mail address, as the known client does it, or by user name.
  const auto username = fields.text("username", optional);
  const auto email = fields.text("email", username ? optional : required);
  const auto password = fields.text("password", required, {.is_trimmed = false});
  if (auto refusal = fields.refusal()) return *std::move(refusal);
  return PasswordClaim{email ? *email : *username, *password, request.peer};
}

void log_in(const Context& context, const Request& request, const Caller& caller,
            const Reply& reply) {
  auto identity = identity_of(*context, "gpushare login", caller, request);
  if (!identity) return reply(identity.error());
  const auto holding = reply.with(identity->claim);
  auto claim = read(request);
  if (!claim) return holding(claim.error());
  DeviceWish wish{{}, identity->ids->uuid(), request.request_id};
  check_password(*context, *std::move(claim),
                 [context, holding, wish = std::move(wish)](PasswordAnswer answer) mutable {
                   if (answer.kind != PasswordAnswer::Kind::right)
                     return holding(refusal_of(answer));
                   wish.client_id = answer.client->id;
                   wish.password_hash = answer.client->password_hash;
                   open_device(context, std::move(wish), [context, holding](const auto& opened) {
                     if (!opened) return holding(opened.error());
                     holding(session_answer(*context, *opened, "Login successful."));
                   });
                 });
}

/// The device of his that `device_token` names, or else the one whose token is used.
std::string device_to_leave(const Request& request, const Caller& caller) {
  const auto body = body_of(request);
  if (!body) return caller.device_id;
  Fields fields(*body);
  const auto named = fields.text("device_token", nullable);
  const auto& devices = caller.client->devices;
  const bool is_his = named && std::any_of(devices.begin(), devices.end(), [&](const auto& device) {
                        return device.device_id == *named;
                      });
  return is_his ? *named : caller.device_id;
}

/// Who isn't signed in (any more) is told the same.
void log_out(const Context& context, const Request& request, const Caller&, const Reply& reply) {
  authenticate(*context, request, [context, &request, reply](const Authenticated& caller) {
    const auto answer = [reply] { reply(said("Logged out successfully.")); };
    if (!caller || caller->is_anonymous()) return answer();
    const auto device_id = device_to_leave(request, *caller);
    if (device_id.empty()) return answer();
    context->gateway->submit<Client>({caller->client->id,
                                      Client::SignOut{device_id},
                                      Origin{caller->actor(), 0, request.request_id},
                                      {}},
                                     [reply, answer](const auto& outcome) {
                                       if (!outcome) return reply(unavailable());
                                       answer();
                                     });
  });
}

}  // namespace

void add_signing_in(Routes& routes) {
  routes.add(Operation::client_login, log_in);
  routes.add(Operation::client_logout, log_out);
}

}  // namespace orrery::gpushare
