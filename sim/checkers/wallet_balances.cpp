#include "sim/checkers/wallet_balances.hpp"

#include "events/stream_name.hpp"

namespace orrery {

void WalletBalances::apply(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  if (const auto* paid_in = std::get_if<WalletToppedUp>(&event)) {
    wallets_[recorded.stream].paid_in_fen += paid_in->amount_fen;
  } else if (const auto* coupon = std::get_if<CouponGranted>(&event)) {
    wallets_[recorded.stream].coupons[coupon->coupon_id] = {coupon->amount_fen,
                                                            coupon->expires_at_s};
  } else if (const auto* placed = std::get_if<OrderPlaced>(&event)) {
    if (!wallets_[recorded.stream].orders.emplace(placed->order_id, Order{}).second)
      violated(recorded.position, placed->order_id + " is placed twice");
    pay_order(recorded, placed->order_id, placed->paid_fen);
  } else if (const auto* renewed = std::get_if<OrderRenewed>(&event)) {
    pay_order(recorded, renewed->order_id, renewed->paid_fen);
  } else if (const auto* refunded = std::get_if<OrderRefunded>(&event)) {
    refund(recorded, *refunded);
  } else if (const auto* closed = std::get_if<OrderClosed>(&event)) {
    end(recorded, closed->order_id);
  } else if (const auto* usage = std::get_if<UsageCharged>(&event)) {
    if (wallets_[recorded.stream].orders[usage->order_id].has_ended)
      violated(recorded.position, usage->order_id + " is charged after its end");
    charge(recorded, *usage, usage->until_s);
  } else if (const auto* storage = std::get_if<StorageCharged>(&event)) {
    charge(recorded, *storage, (storage->day + 1) * 86'400 - 8 * 3'600);
  }
}

void WalletBalances::pay_order(const RecordedEvent& recorded, const std::string& order_id,
                               std::int64_t paid_fen) {
  auto& wallet = wallets_[recorded.stream];
  auto& order = wallet.orders[order_id];
  if (order.has_ended) violated(recorded.position, order_id + " is paid for after its end");
  order.paid_fen += paid_fen;
  wallet.paid_out_fen += paid_fen;
  if (paid_fen < 0 || wallet.balance_fen() < 0)
    violated(recorded.position, recorded.stream + " orders what it can't pay");
}

void WalletBalances::refund(const RecordedEvent& recorded, const OrderRefunded& refunded) {
  auto& wallet = wallets_[recorded.stream];
  const auto paid_fen = wallet.orders[refunded.order_id].paid_fen;
  if (refunded.refund_fen < 0 || refunded.refund_fen > paid_fen)
    violated(recorded.position, refunded.order_id + " gives back what wasn't paid for it");
  wallet.paid_in_fen += refunded.refund_fen;
  end(recorded, refunded.order_id);
}

void WalletBalances::end(const RecordedEvent& recorded, const std::string& order_id) {
  auto& order = wallets_[recorded.stream].orders[order_id];
  if (order.has_ended) violated(recorded.position, order_id + " ends twice");
  order.has_ended = true;
}

template <class Charged>
void WalletBalances::charge(const RecordedEvent& recorded, const Charged& charged,
                            std::int64_t at_s) {
  auto& wallet = wallets_[recorded.stream];
  if (charged.coupon_fen != 0) {
    auto& coupon = wallet.coupons[charged.coupon_id];
    coupon.left_fen -= charged.coupon_fen;
    if (coupon.left_fen < 0 || charged.coupon_fen < 0 || charged.coupon_fen > charged.amount_fen)
      violated(recorded.position, charged.coupon_id + " pays more than it is worth");
    if (coupon.expires_at_s <= at_s)
      violated(recorded.position, charged.coupon_id + " pays after its time");
    if (wallet.balance_fen() < 0) violated(recorded.position, charged.coupon_id + " pays in debt");
  }
  wallet.paid_out_fen += charged.amount_fen - charged.coupon_fen;
}

void WalletBalances::compare(const WalletView& view) {
  for (const auto& [stream, wallet] : wallets_) {
    const std::string namespace_id(stream_id(stream));
    const auto shown = view.find(namespace_id);
    if (!shown || shown->balance_fen != wallet.balance_fen()) {
      violated(0, stream + " has " + std::to_string(wallet.balance_fen()) +
                      " fen, and the view says otherwise");
      continue;
    }
    std::int64_t sum = 0;
    BillQuery query;
    query.line_count_max = static_cast<std::size_t>(-1);
    for (const auto& line : view.bill(namespace_id, query)) {
      sum += line.balance_change_fen;
      if (line.balance_after_fen != sum)
        violated(line.position, stream + ": its bill doesn't add up");
    }
    if (sum != wallet.balance_fen()) violated(0, stream + ": its bill isn't its balance");
  }
}

}  // namespace orrery
