#include "projections/sharing_usage/sharing_usage_view.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <boost/system/result.hpp>

#include "http/auth/credential.hpp"
#include "http/auth/living_principal.hpp"
#include "http/gpushare/authentication.hpp"
#include "http/json/calendar_date.hpp"
#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "storage/clock.hpp"

namespace orrery::admin {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

/// Days of one answer, and how many it goes back where nobody says.
constexpr days days_max{366};
constexpr days days_usual{30};

struct Wish {
  SharingUsageView::Query query;
  /// Lines that were had before.
  std::size_t after = 0;
  std::size_t limit = page_size_max;
};
/// Or what is wrong with it, as a sentence.
using WishOrProblem = boost::system::result<Wish, JsonProblem>;

boost::system::result<sys_days, JsonProblem> read_day(const Request& request, std::string_view name,
                                                      sys_days otherwise) {
  const auto text = request.query_parameter(name);
  if (text.empty()) return otherwise;
  const auto day = read_date(text);
  if (!day) return JsonProblem{fmt::format("{} must be a date such as 2027-01-31", name)};
  return *day;
}

std::int32_t number_of(sys_days day) {
  return static_cast<std::int32_t>(day.time_since_epoch().count());
}

WishOrProblem read_wish(const Request& request, Time now) {
  Wish wish;
  const auto to = read_day(request, "to", std::chrono::floor<days>(now));
  if (!to) return to.error();
  const auto from = read_day(request, "from", *to - days_usual);
  if (!from) return from.error();
  if (*from > *to) return JsonProblem{"from must not be after to"};
  if (*to - *from > days_max)
    return JsonProblem{fmt::format("from must be at most {} days before to", days_max.count())};
  const auto limit = page_size(request);
  if (!limit) return JsonProblem{std::string(page_size_wanted)};
  const auto place = read_place(request);
  if (!place) return JsonProblem{std::string(place_wanted)};
  wish.query = {number_of(*from), number_of(*to), request.query_parameter("provider"),
                request.query_parameter("client")};
  wish.after = *place;
  wish.limit = *limit;
  return wish;
}

/// Whole microseconds, so nothing is lost.
std::string seconds_text(std::uint64_t microseconds) {
  return fmt::format("{}.{:06}", microseconds / 1'000'000, microseconds % 1'000'000);
}

boost::json::object sums_json(const SharingUsage& usage) {
  return {{"gpu_seconds", seconds_text(usage.gpu_us)},
          {"answers", usage.answer_count},
          {"tokens", usage.token_count}};
}

boost::json::object line_json(const SharingUsage& usage) {
  boost::json::object line{{"date", rfc3339_seconds(Time(days(usage.day))).substr(0, 10)},
                           {"provider_id", usage.provider_id},
                           {"client_id", usage.client_id},
                           {"model", usage.model}};
  for (auto& [name, value] : sums_json(usage)) line.emplace(name, value);
  return line;
}

/// Lines and their sum over all pages.
boost::json::object usage_json(const std::vector<SharingUsage>& lines, const Wish& wish) {
  SharingUsage total;
  for (const auto& line : lines) {
    total.gpu_us += line.gpu_us;
    total.answer_count += line.answer_count;
    total.token_count += line.token_count;
  }
  boost::json::array items;
  const auto first = std::min(lines.size(), wish.after);
  const auto end = first + std::min(lines.size() - first, wish.limit);
  for (auto i = first; i < end; ++i) items.push_back(line_json(lines[i]));
  boost::json::object json{{"items", std::move(items)}, {"total", sums_json(total)}};
  if (end < lines.size()) json["next"] = std::to_string(end);
  return json;
}

void answer(const AdminContext& context, const Request& request, std::string_view own_id,
            const Responder& respond) {
  const auto wish = read_wish(request, context.clock->now());
  if (!wish) return respond(problem({400, "bad_request", wish.error().message}));
  auto lines = context.sharing_usage->usage(wish->query);
  if (!own_id.empty())
    std::erase_if(lines, [&](const SharingUsage& line) {
      return line.provider_id != own_id && line.client_id != own_id;
    });
  Response response;
  response.body = boost::json::serialize(usage_json(lines, *wish));
  response.headers.emplace_back("Cache-Control", "no-store");
  respond(std::move(response));
}

void refuse(const gpushare::AuthenticationFailure& failure, const Responder& respond) {
  const auto code = failure.status == 429   ? "too_many_guesses"
                    : failure.status == 503 ? "unavailable"
                                            : "bad_credential";
  auto response = problem({failure.status, code, failure.detail});
  if (failure.status == 401)
    response.headers.emplace_back("WWW-Authenticate", gpushare::authentication_challenge);
  if (failure.retry_after_s != 0)
    response.headers.emplace_back("Retry-After", std::to_string(failure.retry_after_s));
  respond(std::move(response));
}

/// A client of the marketplace sees what he provided and what he used; its admins see everything.
void answer_client(const AdminContext& context, const Request& request,
                   const gpushare::Authenticated& who, const Responder& respond) {
  if (!who) return refuse(who.error(), respond);
  if (who->is_anonymous())
    return refuse({401, "This needs an operator's key, or the token or password of a client.", 0},
                  respond);
  answer(context, request, who->is_admin() ? std::string_view{} : who->client->id, respond);
}

void show(const std::shared_ptr<const AdminContext>& context, const Request& request,
          const Responder& respond) {
  const auto& gate = context->gate();
  const auto principal = living_principal(*gate.identity, *gate.clock,
                                          bearer_credential(request.header("authorization")));
  if (!principal)
    return gpushare::authenticate(*gate.gpushare, request,
                                  [=, &request](const gpushare::Authenticated& who) {
                                    answer_client(*context, request, who, respond);
                                  });
  if (principal->kind != Principal::Kind::operator_key)
    return respond(problem({403, "forbidden", "This needs an operator's key."}));
  answer(*context, request, {}, respond);
}

}  // namespace

void add_sharing_usage(AdminRoutes& routes) {
  routes.add_open(Method::get, "/orrery/v1/usage", show);
}

}  // namespace orrery::admin
