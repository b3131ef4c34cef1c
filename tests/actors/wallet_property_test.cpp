#include <map>
#include <set>
#include <tuple>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "actors/wallet/wallet.hpp"
#include "events/folds/billing_terms.hpp"
#include "tests/support/play.hpp"

using namespace orrery;

namespace {

constexpr std::int64_t ten = 1'725'242'400;

OrderPlaced random_order(const std::string& order_id) {
  OrderPlaced order;
  order.order_id = order_id;
  order.instance_id = "instance-" + order_id;
  order.terms.selling_type =
      *rc::gen::element(SellingType::pay_as_you_go, SellingType::daily, SellingType::monthly);
  order.terms.price_fen = *rc::gen::inRange(0, 400);
  order.terms.discount = {"d", 4'800, ten + 900, ten + 4'500};
  if (order.terms.selling_type == SellingType::pay_as_you_go)
    order.coupon_id = *rc::gen::element<std::string>("", "", "c0", "c1");
  else
    order.period_count = *rc::gen::inRange(1u, 3u);
  return order;
}

/// Commands about two coupons and three orders; charges overlap in every way.
std::vector<Wallet::Command> random_commands() {
  std::vector<Wallet::Command> commands{Wallet::Open{{"a"}}};
  const auto moment = [] { return ten + *rc::gen::inRange<std::int64_t>(0, 12) * 600; };
  for (int i = 0; i < 4; ++i)
    commands.push_back(
        Wallet::TopUp{{"t" + std::to_string(i), *rc::gen::inRange<std::int64_t>(1, 2'000)}});
  for (int i = 0; i < 3; ++i)
    commands.push_back(Wallet::GrantCoupon{
        {"c" + std::to_string(i), *rc::gen::inRange<std::int64_t>(1, 300), moment()}});
  for (int i = 0; i < 3; ++i) {
    const auto order_id = "o" + std::to_string(i);
    commands.push_back(Wallet::PlaceOrder{random_order(order_id), moment()});
    commands.push_back(
        Wallet::Renew{{order_id, "r", "", {SellingType::daily, 100, {}}, 1, 0, ""}, moment()});
    for (int piece = 0; piece < 4; ++piece)
      commands.push_back(Wallet::ChargeUsage{order_id, moment(), moment(), {1}});
    commands.push_back(Wallet::Refund{order_id, "x"});
    commands.push_back(Wallet::CloseOrder{order_id});
  }
  for (std::int64_t day = 100; day < 104; ++day)
    commands.push_back(
        Wallet::ChargeStorage{*rc::gen::element(StoredThing::volumes, StoredThing::images),
                              day,
                              *rc::gen::inRange(0, 80),
                              {}});
  return commands;
}

/// The same money, counted from the events in another way.
struct Accountant {
  std::int64_t paid_in = 0, given_back = 0, paid_out = 0;
  std::map<std::string, std::int64_t> coupons, paid_for_order;
  std::map<std::string, std::int64_t> charged_until;
  std::set<std::tuple<StoredThing, std::int64_t>> days;

  void see(const WalletOpened&) {}
  void see(const WalletToppedUp& event) { paid_in += event.amount_fen; }
  void see(const CouponGranted& event) { coupons[event.coupon_id] = event.amount_fen; }
  void see(const OrderPlaced& event) {
    paid_out += event.paid_fen;
    paid_for_order[event.order_id] += event.paid_fen;
    RC_ASSERT(event.paid_fen >= 0);
  }
  void see(const OrderRenewed& event) {
    paid_out += event.paid_fen;
    paid_for_order[event.order_id] += event.paid_fen;
  }
  void see(const OrderRefunded& event) {
    RC_ASSERT(event.refund_fen == paid_for_order[event.order_id]);
    paid_for_order[event.order_id] = 0;
    given_back += event.refund_fen;
  }
  void see(const OrderClosed&) {}
  void see(const UsageCharged& event) {
    RC_ASSERT(event.from_s < event.until_s);
    RC_ASSERT(event.from_s >= charged_until[event.order_id]);  // Nothing is charged twice.
    charged_until[event.order_id] = event.until_s;
    pay(event);
  }
  void see(const StorageCharged& event) {
    RC_ASSERT(days.emplace(event.thing, event.day).second);
    pay(event);
  }
  template <class Charged>
  void pay(const Charged& event) {
    RC_ASSERT(event.coupon_fen >= 0);
    RC_ASSERT(event.coupon_fen <= event.amount_fen);
    RC_ASSERT((event.coupon_fen == 0) == event.coupon_id.empty());
    if (event.coupon_fen != 0) {
      RC_ASSERT(paid_in + given_back - paid_out >= 0);  // No coupon pays in debt.
      RC_ASSERT((coupons.at(event.coupon_id) -= event.coupon_fen) >= 0);
    }
    paid_out += event.amount_fen - event.coupon_fen;
  }
};

void balances(const Accountant& accountant, const Wallet::State& state) {
  const auto* wallet = std::get_if<Wallet::Opened>(&state);
  if (wallet == nullptr) return;
  RC_ASSERT(wallet->balance_fen ==
            accountant.paid_in + accountant.given_back - accountant.paid_out);
  for (const auto& [id, coupon] : wallet->coupons) {
    RC_ASSERT(coupon.remaining_fen == accountant.coupons.at(id));
    RC_ASSERT(coupon.remaining_fen >= 0);
  }
}

}  // namespace

TEST_CASE("a balance is what was paid in and given back, less what coupons left to pay") {
  CHECK(rc::check("money", [] {
    Accountant accountant;
    play<Wallet>(random_commands(), [&](const Wallet::State& before, const Wallet::Event& event) {
      balances(accountant, before);
      std::visit([&](const auto& happened) { accountant.see(happened); }, event);
      balances(accountant, Wallet::evolve(before, event));
    });
  }));
}

TEST_CASE("an order is only placed by who can pay for it") {
  CHECK(rc::check("orders", [] {
    play<Wallet>(random_commands(), [&](const Wallet::State& before, const Wallet::Event& event) {
      const auto* placed = std::get_if<OrderPlaced>(&event);
      if (placed == nullptr) return;
      RC_ASSERT(std::get<Wallet::Opened>(before).balance_fen >= placed->paid_fen);
    });
  }));
}
