#include "actors/wallet/wallet.hpp"
#include "http/json/cny.hpp"
#include "http/json/plain_text.hpp"
#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "http/native/admin/namespace_json.hpp"
#include "storage/clock.hpp"

namespace orrery::admin {
namespace {

/// Who pays in names the payment, so that the same one counts once; else it is drawn.
struct Payment {
  std::string id;
  std::int64_t amount_fen = 0;
  std::int64_t expires_at_s = 0;
};

Payment read_payment(JsonFields& fields) {
  Payment payment;
  payment.id = fields.optional_string("id", id_bytes_max).value_or("");
  if (!payment.id.empty() && !is_plain_text(payment.id)) fields.refuse("id", plain_text_wanted);
  payment.amount_fen = read_amount(fields, "amount");
  return payment;
}

Payment read_coupon(const Call& call, JsonFields& fields) {
  auto payment = read_payment(fields);
  const auto expires_us = read_time(fields, "expires_at");
  if (!expires_us) fields.refuse("expires_at", "is required");
  payment.expires_at_s = seconds_of(Time(std::chrono::microseconds(expires_us.value_or(0))));
  if (payment.expires_at_s <= seconds_of(call->context().clock->now()))
    fields.refuse("expires_at", "must be in the future");
  return payment;
}

std::string id_of(const Call& call, const Payment& payment) {
  const auto drawn = call->ids().uuid();
  return payment.id.empty() ? drawn : payment.id;
}

void top_up(const Call& call) {
  with_body(call, read_payment, [&](const Payment& payment) {
    const auto id = id_of(call, payment);
    order<Wallet>(call, call->parameter(0), Wallet::TopUp{{id, payment.amount_fen}}, [=] {
      const auto wallet = call->context().wallets->find(call->parameter(0));
      call->answer({{"id", id},
                    {"amount", cny_text(payment.amount_fen)},
                    {"balance", cny_text(wallet->balance_fen)}},
                   201);
    });
  });
}

boost::json::object coupon_json(const Call& call, const CouponDetails& coupon) {
  return {{"id", coupon.coupon_id},
          {"granted", cny_text(coupon.granted_fen)},
          {"left", cny_text(coupon.left_fen)},
          {"expires_at", time_json(coupon.expires_at_s)},
          {"usable", coupon.is_usable(seconds_of(call->context().clock->now()))}};
}

void list_coupons(const Call& call) {
  call->answer(listed(call->context().wallets->coupons(call->parameter(0)),
                      [&](const CouponDetails& coupon) { return coupon_json(call, coupon); }));
}

void grant(const Call& call) {
  with_body(
      call, [&](JsonFields& fields) { return read_coupon(call, fields); },
      [&](const Payment& payment) {
        const auto id = id_of(call, payment);
        order<Wallet>(
            call, call->parameter(0),
            Wallet::GrantCoupon{{id, payment.amount_fen, payment.expires_at_s}}, [=] {
              for (const auto& coupon : call->context().wallets->coupons(call->parameter(0)))
                if (coupon.coupon_id == id) return call->answer(coupon_json(call, coupon), 201);
              call->not_found("coupon");
            });
      });
}

}  // namespace

void add_payments(AdminRoutes& routes) {
  constexpr std::string_view coupons = "/orrery/v1/namespaces/{namespace_id}/coupons";
  routes.add(Method::post, "/orrery/v1/namespaces/{namespace_id}/top-ups", AdminAction::pay_in,
             top_up);
  routes.add(Method::get, coupons, AdminAction::see_namespace, list_coupons);
  routes.add(Method::post, coupons, AdminAction::pay_in, grant);
}

}  // namespace orrery::admin
