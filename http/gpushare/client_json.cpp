#include "http/gpushare/client_json.hpp"

#include <boost/describe/enum_to_string.hpp>

#include "http/gpushare/access.hpp"
#include "http/gpushare/authentication.hpp"
#include "http/gpushare/rows.hpp"

namespace orrery::gpushare {

namespace json = boost::json;

std::optional<json::object> client_json(const GpushareContext& context, const Caller& caller,
                                        const MarketClient& client) {
  const auto username = opened(context, client.names.username);
  const auto email = opened(context, client.names.email);
  const auto phone_no = opened(context, client.details.phone_no);
  const auto ip = opened(context, client.ip);
  const auto picture = opened(context, client.details.profile_image_url);
  if (!username || !email || !phone_no || !ip || !picture) return std::nullopt;
  const auto& terms = client.details.terms_accepted;
  const bool shows_token = may(Privilege::see_token, caller, client.id);
  return json::object{
      {"user",
       json::object{{"id", number_json(client.id)}, {"username", *username}, {"email", *email}}},
      {"phone_no", *phone_no},
      {"user_token", shows_token ? visible_token(context.secret, caller, client) : masked_token},
      {"user_image", client.details.user_image},
      {"ip", *ip},
      {"terms_accepted", terms ? json::value(*terms) : json::value(nullptr)},
      {"role", boost::describe::enum_to_string(client.role, "")},
      {"profile_image_url", *picture},
      {"is_gpu_provider_approved", client.is_provider_approved},
      // The document knows no null here: of who has offered nothing, when he registered.
      {"provider_registration_date",
       time_text(client.provider_since.value_or(client.registered_at))}};
}

}  // namespace orrery::gpushare
