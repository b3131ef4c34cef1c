#include "sim/checkers/orders_end.hpp"

#include <algorithm>

#include "events/stream_name.hpp"

namespace orrery {
namespace {

constexpr std::int64_t day_s = 86'400;
/// What is to be stopped is, well within this.
constexpr std::int64_t patience_s = 2;

}  // namespace

/// Months are not reckoned here.
void OrdersEnd::Order::pay(const OrderTerms& terms, std::uint32_t period_count,
                           std::int64_t now_s) {
  const std::int64_t days_of_one = terms.selling_type == SellingType::weekly ? 7 : 1;
  if (terms.selling_type == SellingType::monthly) return;
  if (ends_at_s == 0)
    days += days_of_one * period_count;
  else
    ends_at_s = std::max(ends_at_s, now_s) + days_of_one * period_count * day_s;
}

void OrdersEnd::apply(const RecordedEvent& recorded) {
  now_s_ = recorded.time.time_since_epoch().count() / 1'000'000;
  const auto& event = recorded.event;
  if (const auto* placed = std::get_if<OrderPlaced>(&event)) {
    place(recorded, *placed);
  } else if (const auto* renewed = std::get_if<OrderRenewed>(&event)) {
    move(recorded.stream, -renewed->paid_fen);
    renew(*renewed);
  } else if (const auto* refunded = std::get_if<OrderRefunded>(&event)) {
    move(recorded.stream, refunded->refund_fen);
    end(recorded, refunded->order_id, refunded);
  } else if (const auto* closed = std::get_if<OrderClosed>(&event)) {
    end(recorded, closed->order_id, nullptr);
  } else if (const auto* paid_in = std::get_if<WalletToppedUp>(&event)) {
    move(recorded.stream, paid_in->amount_fen);
  } else if (const auto* usage = std::get_if<UsageCharged>(&event)) {
    move(recorded.stream, usage->coupon_fen - usage->amount_fen);
  } else if (const auto* storage = std::get_if<StorageCharged>(&event)) {
    move(recorded.stream, storage->coupon_fen - storage->amount_fen);
  } else {
    follow_instance(recorded);
  }
}

void OrdersEnd::place(const RecordedEvent& recorded, const OrderPlaced& placed) {
  move(recorded.stream, -placed.paid_fen);
  Order order;
  order.wallet = recorded.stream;
  order.selling_type = placed.terms.selling_type;
  order.paid_fen = placed.paid_fen;
  order.position = recorded.position;
  order.pay(placed.terms, placed.period_count, now_s_);
  orders_[placed.order_id] = order;
  order_of_instance_.emplace(placed.instance_id, placed.order_id);
}

void OrdersEnd::renew(const OrderRenewed& renewed) {
  auto& order = orders_[renewed.order_id];
  order.paid_fen += renewed.paid_fen;
  if (order.is_gone)
    order.paid_too_late_fen += renewed.paid_fen;
  else if (order.is_going)
    order.paid_late_fen += renewed.paid_fen;
  else
    order.pay(renewed.terms, renewed.period_count, now_s_);
}

void OrdersEnd::end(const RecordedEvent& recorded, const std::string& order_id,
                    const OrderRefunded* refund) {
  auto& order = orders_[order_id];
  order.has_ended = true;
  if (!order.is_gone) violated(recorded.position, order_id + " ends before its instance");
  const auto expected = order.has_run ? order.paid_late_fen : order.paid_fen;
  const auto given_back = refund == nullptr ? 0 : refund->refund_fen;
  if (given_back != expected && given_back != expected + order.paid_too_late_fen)
    violated(recorded.position, order_id + " gives back " + std::to_string(given_back) + ", not " +
                                    std::to_string(expected));
}

void OrdersEnd::follow_instance(const RecordedEvent& recorded) {
  const auto found = order_of_instance_.find(std::string(stream_id(recorded.stream)));
  if (found == order_of_instance_.end()) return;
  auto& order = orders_[found->second];
  const auto& event = recorded.event;
  if (std::holds_alternative<InstanceStarted>(event)) {
    const bool is_prepaid =
        order.selling_type == SellingType::daily || order.selling_type == SellingType::weekly;
    if (!order.has_run && is_prepaid) order.ends_at_s = now_s_ + order.days * day_s;
    order.has_run = order.is_on = true;
    order.on_since_s = now_s_;
  } else if (std::holds_alternative<InstanceStartRequested>(event)) {
    order.is_on = true;
    order.on_since_s = now_s_;
  } else if (std::holds_alternative<InstanceStopRequested>(event)) {
    order.is_on = false;
  } else if (std::holds_alternative<InstanceDeletionRequested>(event)) {
    order.is_on = false;
    order.is_going = true;
  } else if (std::holds_alternative<InstanceFailed>(event) ||
             std::holds_alternative<InstanceDeleted>(event)) {
    order.is_on = false;
    order.is_gone = order.is_going = true;
  } else if (std::holds_alternative<InstanceStopped>(event)) {
    order.is_on = false;
  }
}

void OrdersEnd::move(const std::string& wallet_stream, std::int64_t change_fen) {
  auto& wallet = wallets_[wallet_stream];
  const bool was_in_debt = wallet.balance_fen < 0;
  wallet.balance_fen += change_fen;
  if ((wallet.balance_fen < 0) != was_in_debt) wallet.since_s = now_s_;
}

void OrdersEnd::at_rest() {
  for (const auto& [id, order] : orders_) {
    if (order.is_gone && !order.has_ended)
      violated(order.position, id + " hasn't ended, and its instance is gone");
    if (!order.is_on || !order.has_run) continue;
    const auto& wallet = wallets_[order.wallet];
    const auto unseen_since = std::max(wallet.since_s, order.on_since_s) + patience_s;
    if (order.selling_type == SellingType::pay_as_you_go && wallet.balance_fen < 0 &&
        unseen_since < now_s_)
      violated(order.position, id + " is on in arrears");
    if (order.ends_at_s != 0 && std::max(order.ends_at_s, order.on_since_s) + patience_s < now_s_)
      violated(order.position, id + " is on beyond its end");
  }
}

}  // namespace orrery
