#include <fmt/format.h>
#include <boost/describe/enum_to_string.hpp>
#include <limits>

#include "http/json/cny.hpp"
#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "projections/wallets/wallet_view.hpp"

namespace orrery::admin {
namespace {

boost::json::object line_json(const BillLine& line) {
  return {{"position", line.position},
          {"time", rfc3339_seconds(line.time)},
          {"kind", boost::describe::enum_to_string(line.kind, "")},
          {"amount", cny_text(line.amount_fen)},
          {"coupon_amount", cny_text(line.coupon_fen)},
          {"coupon_id", text_json(line.coupon_id)},
          {"balance_change", cny_text(line.balance_change_fen)},
          {"balance_after", cny_text(line.balance_after_fen)},
          {"order_id", text_json(line.order_id)},
          {"instance_id", text_json(line.instance_id)},
          {"from", time_json(line.from_s)},
          {"until", time_json(line.until_s)},
          {"stored_gb", line.stored_gb},
          {"causes", boost::json::array(line.causes.begin(), line.causes.end())}};
}

/// The first problem, or nothing. `next` of an answer is the position of its last line.
std::optional<std::string> read_query(const Request& request, BillQuery& query) {
  const auto read = [&](std::string_view name, Time& time) {
    const auto text = request.query_parameter(name);
    const auto given = text.empty() ? std::optional(time) : read_rfc3339(text);
    time = given.value_or(time);
    return given.has_value();
  };
  for (const auto& [name, good] :
       {std::pair("from", read("from", query.from)), std::pair("to", read("to", query.until))})
    if (!good) return fmt::format(R"({} must be a time such as "2026-01-31T00:00:00Z")", name);
  const auto limit = page_size(request);
  if (!limit) return std::string(page_size_wanted);
  const auto after = read_place(request);
  if (!after) return std::string(place_wanted);
  query.line_count_max = *limit + 1;
  query.after = *after;
  return std::nullopt;
}

void show_bill(const Call& call) {
  BillQuery query;
  if (const auto problem = read_query(call->request(), query)) return call->wrong(*problem);
  auto lines = call->context().wallets->bill(call->parameter(0), query);
  const bool is_more = lines.size() == query.line_count_max;
  if (is_more) lines.pop_back();
  auto json = listed(lines, line_json);
  if (is_more) json["next"] = std::to_string(lines.back().position);
  call->answer(json);
}

boost::json::value discount_json(const Discount& discount) {
  if (discount.id.empty()) return nullptr;
  return {{"id", discount.id},
          {"ratio", ratio_text(discount.ratio_e4)},
          {"starts_at", time_json(discount.starts_at_s)},
          {"ends_at", time_json(discount.ends_at_s)}};
}

boost::json::object order_json(const OrderDetails& order) {
  const auto& placed = order.placed;
  const auto& renewals = order.renewal_ids;
  return {{"id", placed.order_id},
          {"instance_id", placed.instance_id},
          {"placed_at", rfc3339_seconds(order.placed_at)},
          {"position", order.position},
          {"sku_id", placed.specification.sku_id},
          {"display_name", placed.specification.display_name},
          {"selling_type", boost::describe::enum_to_string(placed.terms.selling_type, "")},
          {"price", cny_text(placed.terms.price_fen)},
          {"discount", discount_json(placed.terms.discount)},
          {"period_count", placed.period_count},
          {"paid", cny_text(placed.paid_fen)},
          {"coupon_id", text_json(placed.coupon_id)},
          {"renewals", boost::json::array(renewals.begin(), renewals.end())},
          {"paid_until", time_json(order.term.ends_at_s)},
          {"charged", cny_text(order.charged_fen)},
          {"charged_until", time_json(order.charged_until_s)},
          {"refunded", cny_text(order.refunded_fen)},
          {"closed", order.closed}};
}

/// Newest first: a page goes on with what is older than the last order of the page before.
void list_orders(const Call& call) {
  const auto limit = page_size(call->request());
  const auto after = read_place(call->request());
  if (!limit) return call->wrong(page_size_wanted);
  if (!after) return call->wrong(place_wanted);
  const auto before = *after != 0 ? *after : std::numeric_limits<Position>::max();
  auto orders = call->context().wallets->orders(call->parameter(0), before, *limit + 1);
  const bool is_more = orders.size() > *limit;
  if (is_more) orders.resize(*limit);
  auto json = listed(orders, order_json);
  if (is_more) json["next"] = std::to_string(orders.back().position);
  call->answer(json);
}

}  // namespace

void add_bills(AdminRoutes& routes) {
  routes.add(Method::get, "/orrery/v1/namespaces/{namespace_id}/bill", AdminAction::see_namespace,
             show_bill);
  routes.add(Method::get, "/orrery/v1/namespaces/{namespace_id}/orders", AdminAction::see_namespace,
             list_orders);
}

}  // namespace orrery::admin
