#include "actors/wallet/wallet.hpp"

#include <algorithm>
#include <utility>

#include "events/folds/billing_terms.hpp"

namespace orrery {

using Answer = Decision<Wallet::Event, Wallet::Rejection>;
using Rejection = Wallet::Rejection;

namespace {

bool is_in_range(std::int64_t amount_fen) {
  return amount_fen > 0 && amount_fen <= Wallet::amount_fen_max;
}

bool is_paid_in_advance(const OrderTerms& terms) {
  return terms.selling_type != SellingType::pay_as_you_go;
}

// One rule a command.

Answer decide_on(const Wallet::Opened& wallet, const Wallet::Open& open) {
  if (open.wallet.account_id == wallet.account_id) return nothing_happens<Answer>();
  return Rejection::wallet_exists_already;
}

Answer decide_on(const Wallet::Opened& wallet, const Wallet::TopUp& top_up) {
  const auto known = wallet.top_ups.find(top_up.payment.top_up_id);
  if (known == wallet.top_ups.end())
    return is_in_range(top_up.payment.amount_fen) ? happens<Answer>(top_up.payment)
                                                  : Rejection::amount_is_out_of_range;
  if (known->second == top_up.payment.amount_fen) return nothing_happens<Answer>();
  return Rejection::top_up_was_another;
}

Answer decide_on(const Wallet::Opened& wallet, const Wallet::GrantCoupon& grant) {
  const auto& coupon = grant.coupon;
  if (const auto known = wallet.coupons.find(coupon.coupon_id); known != wallet.coupons.end()) {
    const bool is_same = known->second.granted_fen == coupon.amount_fen &&
                         known->second.expires_at_s == coupon.expires_at_s;
    return is_same ? nothing_happens<Answer>() : Rejection::coupon_was_another;
  }
  if (!is_in_range(coupon.amount_fen)) return Rejection::amount_is_out_of_range;
  const auto unspent = std::ranges::count_if(
      wallet.coupons, [](const auto& each) { return each.second.remaining_fen > 0; });
  if (std::cmp_greater_equal(unspent, Wallet::coupon_count_max)) return Rejection::too_many_coupons;
  return happens<Answer>(coupon);
}

/// What can be spent at this moment on something metered.
std::int64_t funds_fen(const Wallet::Opened& wallet, std::int64_t at_s) {
  auto funds = wallet.balance_fen;
  for (const auto& [id, coupon] : wallet.coupons)
    if (coupon.expires_at_s > at_s) funds += coupon.remaining_fen;
  return funds;
}

Answer place_metered(const Wallet::Opened& wallet, const Wallet::PlaceOrder& place) {
  const auto& order = place.order;
  if (order.period_count != 0) return Rejection::period_count_is_out_of_range;
  if (!order.coupon_id.empty()) {
    const auto coupon = wallet.coupons.find(order.coupon_id);
    if (coupon == wallet.coupons.end()) return Rejection::coupon_does_not_exist;
    if (coupon->second.expires_at_s <= place.now_s) return Rejection::coupon_has_expired;
    if (coupon->second.remaining_fen == 0) return Rejection::coupon_is_spent;
  }
  // Enough for an hour, so that nobody starts what is stopped at once.
  if (funds_fen(wallet, place.now_s) < price_fen_at(order.terms, place.now_s))
    return Rejection::balance_is_too_low;
  auto placed = order;
  placed.paid_fen = 0;
  return happens<Answer>(std::move(placed));
}

/// `paid` becomes an event with the sum of so many periods in it.
template <class Paid>
Answer pay_in_advance(const Wallet::Opened& wallet, Paid paid, std::int64_t now_s) {
  if (!is_paid_in_advance(paid.terms)) return Rejection::order_is_not_paid_in_advance;
  if (paid.period_count < 1 || paid.period_count > period_count_max)
    return Rejection::period_count_is_out_of_range;
  if (wallet.balance_fen < 0) return Rejection::wallet_is_in_debt;
  paid.paid_fen = prepaid_amount_fen(paid.terms, paid.period_count, now_s);
  if (wallet.balance_fen < paid.paid_fen) return Rejection::balance_is_too_low;
  return happens<Answer>(std::move(paid));
}

Answer decide_on(const Wallet::Opened& wallet, const Wallet::PlaceOrder& place) {
  const auto& order = place.order;
  if (wallet.ended_orders.contains(order.order_id)) return Rejection::order_has_ended;
  if (const auto known = wallet.orders.find(order.order_id); known != wallet.orders.end()) {
    const bool is_same = known->second.instance_id == order.instance_id &&
                         known->second.request_digest == order.request_digest;
    return is_same ? nothing_happens<Answer>() : Rejection::order_exists_already;
  }
  if (wallet.balance_fen < 0) return Rejection::wallet_is_in_debt;
  if (!is_paid_in_advance(order.terms)) return place_metered(wallet, place);
  if (!order.coupon_id.empty()) return Rejection::coupon_is_for_pay_as_you_go_only;
  return pay_in_advance(wallet, order, place.now_s);
}

Answer decide_on(const Wallet::Opened& wallet, const Wallet::Renew& renew) {
  const auto& renewal = renew.renewal;
  if (wallet.ended_orders.contains(renewal.order_id)) return Rejection::order_has_ended;
  const auto known = wallet.orders.find(renewal.order_id);
  if (known == wallet.orders.end()) return Rejection::order_does_not_exist;
  if (!is_paid_in_advance(known->second.terms)) return Rejection::order_is_not_paid_in_advance;
  if (known->second.renewals.contains(renewal.renewal_id)) return nothing_happens<Answer>();
  return pay_in_advance(wallet, renewal, renew.now_s);
}

Answer decide_on(const Wallet::Opened& wallet, const Wallet::Refund& refund) {
  if (wallet.ended_orders.contains(refund.order_id)) return nothing_happens<Answer>();
  const auto known = wallet.orders.find(refund.order_id);
  if (known == wallet.orders.end()) return Rejection::order_does_not_exist;
  const auto& order = known->second;
  std::int64_t refund_fen = refund.only_renewals.empty() ? order.paid_fen : 0;
  for (const auto& renewal_id : refund.only_renewals)
    if (const auto renewal = order.renewals.find(renewal_id); renewal != order.renewals.end())
      refund_fen += renewal->second;
  return happens<Answer>(OrderRefunded{refund.order_id, refund_fen, refund.reason});
}

/// Sets who pays: a coupon as far as it goes, unless the wallet is in debt, and the balance.
template <class Charged>
void pay(const Wallet::Opened& wallet, const std::string& preferred, std::int64_t at_s,
         Charged& charged) {
  if (wallet.balance_fen < 0 || charged.amount_fen == 0) return;
  const auto* coupon = paying_coupon(wallet.coupons, preferred, charged.amount_fen, at_s);
  if (coupon == nullptr) return;
  charged.coupon_id = coupon->first;
  charged.coupon_fen = std::min(coupon->second.remaining_fen, charged.amount_fen);
}

Answer decide_on(const Wallet::Opened& wallet, const Wallet::ChargeUsage& charge) {
  if (wallet.ended_orders.contains(charge.order_id)) return Rejection::order_has_ended;
  const auto known = wallet.orders.find(charge.order_id);
  if (known == wallet.orders.end()) return Rejection::order_does_not_exist;
  const auto& order = known->second;
  if (is_paid_in_advance(order.terms)) return Rejection::order_is_paid_in_advance;
  UsageCharged charged{
      charge.order_id, std::max(charge.from_s, order.charged_until_s), charge.until_s, 0, 0, {},
      charge.causes};
  if (charged.until_s <= charged.from_s) return nothing_happens<Answer>();
  // Nothing, where it is for nothing: that too is remembered as charged.
  charged.amount_fen = metered_amount_fen(order.terms, charged.from_s, charged.until_s);
  pay(wallet, order.coupon_id, charged.until_s, charged);
  return happens<Answer>(std::move(charged));
}

Answer decide_on(const Wallet::Opened& wallet, const Wallet::ChargeStorage& charge) {
  const auto last = wallet.charged_days.find(charge.thing);
  if (last != wallet.charged_days.end() && charge.day <= last->second)
    return nothing_happens<Answer>();
  StorageCharged charged{charge.thing, charge.day, charge.stored_gb, 0, 0, {}, charge.causes};
  charged.amount_fen = storage_amount_fen(charge.thing, charge.stored_gb);
  if (charged.amount_fen == 0) return nothing_happens<Answer>();
  pay(wallet, {}, beijing_midnight_s(charge.day + 1), charged);
  return happens<Answer>(std::move(charged));
}

Answer decide_on(const Wallet::Opened& wallet, const Wallet::CloseOrder& close) {
  if (wallet.ended_orders.contains(close.order_id)) return nothing_happens<Answer>();
  if (!wallet.orders.contains(close.order_id)) return Rejection::order_does_not_exist;
  return happens<Answer>(OrderClosed{close.order_id});
}

// What the events make of it.

/// The coupon pays its part, the balance the rest.
template <class Charged>
void deduct(Wallet::Opened& wallet, const Charged& charged) {
  wallet.balance_fen -= charged.amount_fen - charged.coupon_fen;
  if (!charged.coupon_id.empty())
    wallet.coupons.at(charged.coupon_id).remaining_fen -= charged.coupon_fen;
}

void end_order(Wallet::Opened& wallet, const std::string& order_id) {
  wallet.orders.erase(order_id);
  wallet.ended_orders.insert(order_id);
}

void evolve_by(Wallet::Opened& wallet, const WalletOpened& opened) {
  wallet.account_id = opened.account_id;
}
void evolve_by(Wallet::Opened& wallet, const WalletToppedUp& payment) {
  wallet.balance_fen += payment.amount_fen;
  wallet.top_ups.emplace(payment.top_up_id, payment.amount_fen);
}
void evolve_by(Wallet::Opened& wallet, const CouponGranted& coupon) {
  wallet.coupons[coupon.coupon_id] = {coupon.amount_fen, coupon.amount_fen, coupon.expires_at_s};
}
void evolve_by(Wallet::Opened& wallet, const OrderPlaced& order) {
  wallet.balance_fen -= order.paid_fen;
  wallet.orders[order.order_id] = {
      order.instance_id, order.request_digest, order.terms, order.paid_fen, {}, order.coupon_id, 0};
}
void evolve_by(Wallet::Opened& wallet, const OrderRenewed& renewal) {
  wallet.balance_fen -= renewal.paid_fen;
  auto& order = wallet.orders.at(renewal.order_id);
  order.paid_fen += renewal.paid_fen;
  order.renewals.emplace(renewal.renewal_id, renewal.paid_fen);
}
void evolve_by(Wallet::Opened& wallet, const OrderRefunded& refund) {
  wallet.balance_fen += refund.refund_fen;
  end_order(wallet, refund.order_id);
}
void evolve_by(Wallet::Opened& wallet, const OrderClosed& closed) {
  end_order(wallet, closed.order_id);
}
void evolve_by(Wallet::Opened& wallet, const UsageCharged& charged) {
  deduct(wallet, charged);
  wallet.orders.at(charged.order_id).charged_until_s = charged.until_s;
}
void evolve_by(Wallet::Opened& wallet, const StorageCharged& charged) {
  deduct(wallet, charged);
  wallet.charged_days[charged.thing] = charged.day;
}

}  // namespace

Answer Wallet::decide(const State& state, const Command& command) {
  const auto* wallet = std::get_if<Opened>(&state);
  if (wallet != nullptr)
    return std::visit([&](const auto& wanted) { return decide_on(*wallet, wanted); }, command);
  if (const auto* open = std::get_if<Open>(&command)) return happens<Answer>(open->wallet);
  return Rejection::wallet_does_not_exist;
}

Wallet::State Wallet::evolve(State state, const Event& event) {
  auto wallet =
      std::holds_alternative<Opened>(state) ? std::get<Opened>(std::move(state)) : Opened{};
  std::visit([&](const auto& happened) { evolve_by(wallet, happened); }, event);
  return wallet;
}

}  // namespace orrery
