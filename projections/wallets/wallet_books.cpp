#include "projections/wallets/wallet_books.hpp"

#include <algorithm>

#include "events/stream_name.hpp"

namespace orrery {
namespace {

bool adds(BillLineKind kind) {
  return kind == BillLineKind::top_up || kind == BillLineKind::refund;
}

bool is_prepaid(const OrderPlaced& order) {
  return order.terms.selling_type != SellingType::pay_as_you_go;
}

Bill::Line line_of(BillLineKind kind, std::int64_t amount_fen, std::uint32_t order = Bill::none) {
  Bill::Line line;
  line.kind = kind;
  line.amount_fen = amount_fen;
  line.order = order;
  return line;
}

/// Takes what a coupon paid of the line from it. There are few coupons to a wallet.
void spend_coupon(WalletBooks::Wallet& wallet, Bill::Line& line, const std::string& coupon_id,
                  std::int64_t coupon_fen) {
  line.coupon_fen = coupon_fen;
  if (coupon_id.empty()) return;
  const auto found = std::ranges::find(wallet.coupons, coupon_id, &CouponDetails::coupon_id);
  if (found == wallet.coupons.end()) return;
  found->left_fen -= coupon_fen;
  line.coupon = static_cast<std::uint32_t>(found - wallet.coupons.begin());
}

}  // namespace

const WalletBooks::Wallet* WalletBooks::wallet(std::string_view namespace_id) const {
  const auto found = wallets_.find(namespace_id);
  return found == wallets_.end() ? nullptr : &found->second;
}

const OrderDetails* WalletBooks::order(std::string_view order_id) const {
  const auto found = orders_.find(order_id);
  return found == orders_.end() ? nullptr : &found->second.details;
}

const OrderDetails* WalletBooks::order_of_instance(std::string_view instance_id) const {
  const auto found = order_of_instance_.find(instance_id);
  return found == order_of_instance_.end() ? nullptr : order(found->second);
}

BillLine WalletBooks::line(const Wallet& wallet, std::size_t index) const {
  const auto& packed = wallet.bill[index];
  BillLine line;
  line.position = packed.position;
  line.time = Time(std::chrono::microseconds(packed.time_us));
  line.kind = packed.kind;
  line.amount_fen = packed.amount_fen;
  line.coupon_fen = packed.coupon_fen;
  if (packed.coupon != Bill::none) line.coupon_id = wallet.coupons.at(packed.coupon).coupon_id;
  line.balance_change_fen =
      adds(packed.kind) ? packed.amount_fen : packed.coupon_fen - packed.amount_fen;
  line.balance_after_fen = packed.balance_after_fen;
  if (packed.order != Bill::none) {
    line.order_id = wallet.orders.at(packed.order);
    line.instance_id = orders_.at(line.order_id).details.placed.instance_id;
  }
  line.from_s = packed.from_s;
  line.until_s = packed.from_s + packed.duration_s;
  line.stored_gb = packed.stored_gb;
  line.causes = wallet.bill.causes(index);
  return line;
}

void WalletBooks::fold(const WalletOpened& event, const RecordedEvent& recorded) {
  auto& details = touched(recorded).details;
  details.account_id = event.account_id;
  details.opened_at = recorded.time;
}

void WalletBooks::fold(const WalletToppedUp& event, const RecordedEvent& recorded) {
  write(touched(recorded), recorded, line_of(BillLineKind::top_up, event.amount_fen), {});
}

void WalletBooks::fold(const CouponGranted& event, const RecordedEvent& recorded) {
  touched(recorded).coupons.push_back(
      {event.coupon_id, event.amount_fen, event.amount_fen, event.expires_at_s});
}

void WalletBooks::fold(const OrderPlaced& event, const RecordedEvent& recorded) {
  auto& wallet = touched(recorded);
  Order order;
  order.place = static_cast<std::uint32_t>(wallet.orders.size());
  order.details.namespace_id = wallet.details.namespace_id;
  order.details.position = recorded.position;
  order.details.placed_at = recorded.time;
  order.details.placed = event;
  if (is_prepaid(event))
    order.details.term.pay(event.terms.selling_type, event.period_count, seconds_of(recorded.time));
  // Ids are drawn at random; should one come twice, the first keeps it.
  const auto place = order.place;
  const bool is_new = orders_.try_emplace(event.order_id, std::move(order)).second;
  if (is_new) wallet.orders.push_back(event.order_id);
  order_of_instance_.try_emplace(event.instance_id, event.order_id);
  if (event.paid_fen != 0)
    write(wallet, recorded,
          line_of(BillLineKind::order, event.paid_fen, is_new ? place : Bill::none), {});
}

void WalletBooks::fold(const OrderRenewed& event, const RecordedEvent& recorded) {
  auto& wallet = touched(recorded);
  std::vector<Position> causes;
  auto* order = order_in(wallet, event.order_id);
  if (order) {
    order->details.renewal_ids.push_back(event.renewal_id);
    order->details.term.pay(event.terms.selling_type, event.period_count,
                            seconds_of(recorded.time));
    causes.push_back(order->details.position);
  }
  write(wallet, recorded, line_of(BillLineKind::renewal, event.paid_fen, place_of(order)), causes);
}

void WalletBooks::fold(const OrderRefunded& event, const RecordedEvent& recorded) {
  auto& wallet = touched(recorded);
  std::vector<Position> causes;
  auto* order = order_in(wallet, event.order_id);
  if (order) {
    order->details.refunded_fen += event.refund_fen;
    causes.push_back(order->details.position);
    if (recorded.origin.causation > order->details.position)
      causes.push_back(recorded.origin.causation);
  }
  if (event.refund_fen != 0)
    write(wallet, recorded, line_of(BillLineKind::refund, event.refund_fen, place_of(order)),
          causes);
}

void WalletBooks::fold(const OrderClosed& event, const RecordedEvent& recorded) {
  const auto& wallet = touched(recorded);
  if (auto* order = order_in(wallet, event.order_id)) order->details.closed = true;
}

void WalletBooks::fold(const UsageCharged& event, const RecordedEvent& recorded) {
  auto& wallet = touched(recorded);
  auto* order = order_in(wallet, event.order_id);
  if (order) {
    order->details.charged_fen += event.amount_fen;
    order->details.charged_until_s = event.until_s;
  }
  auto line = line_of(BillLineKind::usage, event.amount_fen, place_of(order));
  line.from_s = event.from_s;
  line.duration_s = static_cast<std::uint32_t>(event.until_s - event.from_s);
  spend_coupon(wallet, line, event.coupon_id, event.coupon_fen);
  write(wallet, recorded, line, event.causes);
}

void WalletBooks::fold(const StorageCharged& event, const RecordedEvent& recorded) {
  auto& wallet = touched(recorded);
  auto line = line_of(event.thing == StoredThing::volumes ? BillLineKind::volume_storage
                                                          : BillLineKind::image_storage,
                      event.amount_fen);
  line.from_s = beijing_midnight_s(event.day);
  line.duration_s = static_cast<std::uint32_t>(seconds_per_day);
  line.stored_gb = event.stored_gb;
  spend_coupon(wallet, line, event.coupon_id, event.coupon_fen);
  write(wallet, recorded, line, event.causes);
}

void WalletBooks::fold(const InstanceStarted&, const RecordedEvent& recorded) {
  const auto found = order_of_instance_.find(stream_id(recorded.stream));
  if (found == order_of_instance_.end()) return;
  auto& details = orders_.at(found->second).details;
  if (is_prepaid(details.placed)) details.term.begin(seconds_of(recorded.time));
}

WalletBooks::Wallet& WalletBooks::touched(const RecordedEvent& recorded) {
  const auto namespace_id = stream_id(recorded.stream);
  auto found = wallets_.find(namespace_id);
  if (found == wallets_.end()) found = wallets_.emplace(namespace_id, Wallet{}).first;
  auto& details = found->second.details;
  details.namespace_id = namespace_id;
  details.version = recorded.version;
  return found->second;
}

WalletBooks::Order* WalletBooks::order_in(const Wallet& wallet, std::string_view order_id) {
  const auto found = orders_.find(order_id);
  if (found == orders_.end()) return nullptr;
  const bool is_own = found->second.details.namespace_id == wallet.details.namespace_id;
  return is_own ? &found->second : nullptr;
}

void WalletBooks::write(Wallet& wallet, const RecordedEvent& recorded, Bill::Line line,
                        const std::vector<Position>& causes) {
  wallet.details.balance_fen +=
      adds(line.kind) ? line.amount_fen : line.coupon_fen - line.amount_fen;
  line.balance_after_fen = wallet.details.balance_fen;
  line.position = recorded.position;
  line.time_us = recorded.time.time_since_epoch().count();
  wallet.bill.add(line, causes);
}

}  // namespace orrery
