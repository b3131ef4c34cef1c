#include "actors/wallet/wallet.hpp"

#include <catch2/catch.hpp>

#include "events/folds/billing_terms.hpp"
#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;
using Rejection = Wallet::Rejection;

namespace {

/// A full hour.
constexpr std::int64_t ten = 1'725'242'400;
constexpr std::int64_t minute = 60;

const OrderTerms hourly{SellingType::pay_as_you_go, 250, {}};
const OrderTerms daily{SellingType::daily, 5'000, {}};

OrderPlaced order_of(const std::string& order_id, const OrderTerms& terms,
                     std::uint32_t period_count = 0, const std::string& coupon_id = "") {
  OrderPlaced order;
  order.order_id = order_id;
  order.instance_id = "instance-of-" + order_id;
  order.terms = terms;
  order.period_count = period_count;
  order.coupon_id = coupon_id;
  order.request_digest = "digest of " + order_id;
  return order;
}

/// As the event says it.
OrderPlaced paid(OrderPlaced order, std::int64_t paid_fen) {
  order.paid_fen = paid_fen;
  return order;
}

OrderRenewed renewal_of(const std::string& order_id, const std::string& renewal_id,
                        std::uint32_t period_count) {
  return {order_id, renewal_id, "instance-of-" + order_id, daily, period_count, 0, "digest"};
}

UsageCharged charged(const std::string& order_id, std::int64_t from_s, std::int64_t until_s,
                     std::int64_t amount_fen, const std::string& coupon_id = "",
                     std::int64_t coupon_fen = 0) {
  return {order_id, from_s, until_s, amount_fen, coupon_fen, coupon_id, {1, 2}};
}

Wallet::ChargeUsage charge(const std::string& order_id, std::int64_t from_s, std::int64_t until_s) {
  return {order_id, from_s, until_s, {1, 2}};
}

Given<Wallet> empty() { return given<Wallet>({WalletOpened{"a1"}}); }
Given<Wallet> with(std::int64_t balance_fen) {
  return empty().then({WalletToppedUp{"t0", balance_fen}});
}
/// 10 CNY, and an hourly order.
Given<Wallet> metering() { return with(1'000).then({order_of("o1", hourly)}); }
/// Of the last of a charge of 250 fen, at ten.
std::string coupon_of_hour(const Given<Wallet>& wallet) {
  const auto decision = wallet.when(charge("o1", ten - 60 * minute, ten)).value();
  return std::get<UsageCharged>(decision.front()).coupon_id;
}

}  // namespace

TEST_CASE("a wallet is opened once, for one person") {
  CHECK(given<Wallet>({}).when(Wallet::Open{{"a1"}}).value() ==
        decided<Wallet>({WalletOpened{"a1"}}));
  CHECK(empty().when(Wallet::Open{{"a1"}}).value().empty());
  CHECK(empty().when(Wallet::Open{{"a2"}}).error() == Rejection::wallet_exists_already);
  CHECK(given<Wallet>({}).when(Wallet::TopUp{{"t1", 100}}).error() ==
        Rejection::wallet_does_not_exist);
}

TEST_CASE("a payment counts once") {
  CHECK(empty().when(Wallet::TopUp{{"t1", 100}}).value() ==
        decided<Wallet>({WalletToppedUp{"t1", 100}}));
  const auto paid_in = empty().then({WalletToppedUp{"t1", 100}});
  CHECK(paid_in.when(Wallet::TopUp{{"t1", 100}}).value().empty());
  CHECK(paid_in.when(Wallet::TopUp{{"t1", 200}}).error() == Rejection::top_up_was_another);
  for (const auto amount : {std::int64_t{0}, std::int64_t{-1}, Wallet::amount_fen_max + 1})
    CHECK(empty().when(Wallet::TopUp{{"t1", amount}}).error() == Rejection::amount_is_out_of_range);
}

TEST_CASE("a coupon is granted once, and there are only so many") {
  const CouponGranted coupon{"c1", 500, ten};
  CHECK(empty().when(Wallet::GrantCoupon{coupon}).value() == decided<Wallet>({coupon}));
  const auto granted = empty().then({coupon});
  CHECK(granted.when(Wallet::GrantCoupon{coupon}).value().empty());
  CHECK(granted.when(Wallet::GrantCoupon{{"c1", 500, ten + 1}}).error() ==
        Rejection::coupon_was_another);
  CHECK(empty().when(Wallet::GrantCoupon{{"c1", 0, ten}}).error() ==
        Rejection::amount_is_out_of_range);
  auto many = empty();
  for (std::size_t i = 0; i < Wallet::coupon_count_max; ++i)
    many = many.then({CouponGranted{"c" + std::to_string(i), 1, ten}});
  const Wallet::GrantCoupon one_more{{"one more", 1, ten}};
  CHECK(many.when(one_more).error() == Rejection::too_many_coupons);
  const auto one_spent = many.then({order_of("o1", hourly), charged("o1", 1, 2, 1, "c0", 1)});
  CHECK(one_spent.when(one_more).value().size() == 1);
}

TEST_CASE("pay-as-you-go needs the money for an hour, in balance and coupons") {
  const Wallet::PlaceOrder place{order_of("o1", hourly), ten};
  CHECK(with(250).when(place).value() == decided<Wallet>({place.order}));
  CHECK(with(249).when(place).error() == Rejection::balance_is_too_low);
  CHECK(empty().then({CouponGranted{"c1", 250, ten + 1}}).when(place).value().size() == 1);
  CHECK(empty().then({CouponGranted{"c1", 250, ten}}).when(place).error() ==
        Rejection::balance_is_too_low);
  CHECK(with(100).then({CouponGranted{"c1", 150, ten + 1}}).when(place).value().size() == 1);
  CHECK(with(1'000).when(Wallet::PlaceOrder{order_of("o1", hourly, 3), ten}).error() ==
        Rejection::period_count_is_out_of_range);
}

TEST_CASE("who places an order doesn't say what it costs") {
  CHECK(with(1'000).when(Wallet::PlaceOrder{paid(order_of("o1", hourly), -500), ten}).value() ==
        decided<Wallet>({order_of("o1", hourly)}));
  CHECK(with(50'000).when(Wallet::PlaceOrder{paid(order_of("o1", daily, 3), 1), ten}).value() ==
        decided<Wallet>({paid(order_of("o1", daily, 3), 15'000)}));
}

TEST_CASE("what is paid in advance is paid whole, from the balance, at the price of the moment") {
  const Wallet::PlaceOrder place{order_of("o1", daily, 3), ten};
  CHECK(with(15'000).when(place).value() == decided<Wallet>({paid(place.order, 15'000)}));
  CHECK(with(14'999).when(place).error() == Rejection::balance_is_too_low);
  CHECK(with(14'999).then({CouponGranted{"c1", 500, ten + 1}}).when(place).error() ==
        Rejection::balance_is_too_low);
  auto discounted = daily;
  discounted.discount = {"10000", 4'800, ten, ten + 1};
  CHECK(with(15'000).when(Wallet::PlaceOrder{order_of("o1", discounted, 2), ten}).value() ==
        decided<Wallet>({paid(order_of("o1", discounted, 2), 4'800)}));
  for (const auto count : {0u, period_count_max + 1})
    CHECK(with(15'000).when(Wallet::PlaceOrder{order_of("o1", daily, count), ten}).error() ==
          Rejection::period_count_is_out_of_range);
  CHECK(with(15'000).when(Wallet::PlaceOrder{order_of("o1", daily, 1, "c1"), ten}).error() ==
        Rejection::coupon_is_for_pay_as_you_go_only);
}

TEST_CASE("an order names a coupon that can pay, or none") {
  const Wallet::PlaceOrder place{order_of("o1", hourly, 0, "c1"), ten};
  CHECK(with(1'000).when(place).error() == Rejection::coupon_does_not_exist);
  CHECK(with(1'000).then({CouponGranted{"c1", 5, ten}}).when(place).error() ==
        Rejection::coupon_has_expired);
  const auto usable = with(1'000).then({CouponGranted{"c1", 5, ten + 1}});
  CHECK(usable.when(place).value() == decided<Wallet>({place.order}));
  const auto spent =
      usable.then({order_of("o0", hourly), charged("o0", ten - 60 * minute, ten, 250, "c1", 5)});
  CHECK(spent.when(place).error() == Rejection::coupon_is_spent);
}

TEST_CASE("who is in debt orders nothing") {
  const auto in_debt = metering().then({charged("o1", ten, ten + 60 * minute, 1'001)});
  CHECK(in_debt.when(Wallet::PlaceOrder{order_of("o2", hourly), ten}).error() ==
        Rejection::wallet_is_in_debt);
  CHECK(in_debt.when(Wallet::PlaceOrder{order_of("o2", daily, 1), ten}).error() ==
        Rejection::wallet_is_in_debt);
  const auto owing =
      with(5'000).then({paid(order_of("o3", daily, 1), 5'000), order_of("o1", hourly),
                        charged("o1", ten, ten + 60 * minute, 1)});
  CHECK(owing.when(Wallet::Renew{renewal_of("o3", "r1", 1), ten}).error() ==
        Rejection::wallet_is_in_debt);
}

TEST_CASE("of two orders for the last money the first one gets it") {
  const Wallet::PlaceOrder first{order_of("o1", daily, 1), ten},
      second{order_of("o2", daily, 1), ten};
  const auto wallet = with(5'000);
  REQUIRE(wallet.when(first).value().size() == 1);
  CHECK(wallet.then({paid(first.order, 5'000)}).when(second).error() ==
        Rejection::balance_is_too_low);
}

TEST_CASE("the same order is placed once") {
  const Wallet::PlaceOrder place{order_of("o1", hourly), ten};
  CHECK(metering().when(place).value().empty());
  auto other = place;
  other.order.request_digest = "another";
  CHECK(metering().when(other).error() == Rejection::order_exists_already);
  CHECK(metering().then({OrderClosed{"o1"}}).when(place).error() == Rejection::order_has_ended);
}

TEST_CASE("what is paid in advance can be renewed, once for each wish") {
  const auto ordered = with(20'000).then({paid(order_of("o1", daily, 1), 5'000)});
  const Wallet::Renew renew{renewal_of("o1", "r1", 2), ten};
  auto renewed = renew.renewal;
  renewed.paid_fen = 10'000;
  CHECK(ordered.when(renew).value() == decided<Wallet>({renewed}));
  CHECK(ordered.then({renewed}).when(renew).value().empty());
  CHECK(ordered.then({renewed}).when(Wallet::Renew{renewal_of("o1", "r2", 2), ten}).error() ==
        Rejection::balance_is_too_low);
  CHECK(ordered.when(Wallet::Renew{renewal_of("o9", "r1", 1), ten}).error() ==
        Rejection::order_does_not_exist);
  CHECK(metering().when(Wallet::Renew{renewal_of("o1", "r1", 1), ten}).error() ==
        Rejection::order_is_not_paid_in_advance);
  CHECK(ordered.then({OrderClosed{"o1"}}).when(renew).error() == Rejection::order_has_ended);
}

TEST_CASE("an order whose instance never ran gives back all that was paid for it, once") {
  auto renewed = renewal_of("o1", "r1", 1);
  renewed.paid_fen = 5'000;
  const auto ordered = with(20'000).then({paid(order_of("o1", daily, 1), 5'000), renewed});
  const OrderRefunded refunded{"o1", 10'000, "out_of_stock"};
  CHECK(ordered.when(Wallet::Refund{"o1", "out_of_stock"}).value() == decided<Wallet>({refunded}));
  const auto after = ordered.then({refunded});
  CHECK(std::get<Wallet::Opened>(after.state).balance_fen == 20'000);
  CHECK(after.when(Wallet::Refund{"o1", "out_of_stock"}).value().empty());
  CHECK(after.when(Wallet::CloseOrder{"o1"}).value().empty());
  CHECK(metering().when(Wallet::Refund{"o1", "x"}).value() ==
        decided<Wallet>({OrderRefunded{"o1", 0, "x"}}));
  CHECK(metering().when(Wallet::Refund{"o9", "x"}).error() == Rejection::order_does_not_exist);
}

TEST_CASE("renewals alone are given back where they came too late") {
  auto early = renewal_of("o1", "early", 1), late = renewal_of("o1", "late", 2);
  early.paid_fen = 5'000;
  late.paid_fen = 10'000;
  const auto ordered = with(50'000).then({paid(order_of("o1", daily, 1), 5'000), early, late});
  const Wallet::Refund refund{"o1", "x", {"late", "no renewal"}};
  CHECK(ordered.when(refund).value() == decided<Wallet>({OrderRefunded{"o1", 10'000, "x"}}));
}

TEST_CASE("what ran is charged from where it was charged before") {
  CHECK(metering().when(charge("o1", ten, ten + 30 * minute)).value() ==
        decided<Wallet>({charged("o1", ten, ten + 30 * minute, 125)}));
  const auto half = metering().then({charged("o1", ten, ten + 30 * minute, 125)});
  CHECK(half.when(charge("o1", ten, ten + 30 * minute)).value().empty());
  CHECK(half.when(charge("o1", ten, ten + 20 * minute)).value().empty());
  CHECK(half.when(charge("o1", ten, ten + 60 * minute)).value() ==
        decided<Wallet>({charged("o1", ten + 30 * minute, ten + 60 * minute, 125)}));
}

TEST_CASE("what is for nothing is remembered as charged, and costs no coupon") {
  auto free = hourly;
  free.price_fen = 0;
  const auto wallet = with(10).then({CouponGranted{"c1", 5, ten + 9'999}, order_of("o1", free)});
  CHECK(wallet.when(charge("o1", ten, ten + 60 * minute)).value() ==
        decided<Wallet>({charged("o1", ten, ten + 60 * minute, 0)}));
}

TEST_CASE("only an order that is open and metered is charged for what runs") {
  const auto prepaid = with(5'000).then({paid(order_of("o1", daily, 1), 5'000)});
  CHECK(prepaid.when(charge("o1", ten, ten + 1)).error() == Rejection::order_is_paid_in_advance);
  CHECK(metering().when(charge("o9", ten, ten + 1)).error() == Rejection::order_does_not_exist);
  CHECK(metering().then({OrderClosed{"o1"}}).when(charge("o1", ten, ten + 1)).error() ==
        Rejection::order_has_ended);
  CHECK(metering().when(Wallet::CloseOrder{"o9"}).error() == Rejection::order_does_not_exist);
}

TEST_CASE("a charge may leave the wallet in debt") {
  const auto poor = with(100).then({order_of("o1", hourly)});
  CHECK(poor.when(charge("o1", ten, ten + 60 * minute)).value() ==
        decided<Wallet>({charged("o1", ten, ten + 60 * minute, 250)}));
  const auto in_debt = poor.then({charged("o1", ten, ten + 60 * minute, 250)});
  CHECK(std::get<Wallet::Opened>(in_debt.state).balance_fen == -150);
}

TEST_CASE("a coupon pays before the balance, as far as it goes, and only one of them") {
  const auto wallet = metering().then(
      {CouponGranted{"c1", 100, ten + 9'999}, CouponGranted{"c2", 60, ten + 9'999}});
  CHECK(wallet.when(charge("o1", ten, ten + 60 * minute)).value() ==
        decided<Wallet>({charged("o1", ten, ten + 60 * minute, 250, "c2", 60)}));
}

TEST_CASE("of several coupons the one pays that the customer agreement says") {
  const auto three =
      metering().then({CouponGranted{"late", 900, ten + 300}, CouponGranted{"soon", 100, ten + 100},
                       CouponGranted{"covers", 250, ten + 200}});
  CHECK(coupon_of_hour(three) == "covers");  // The first to expire that covers all of it.
  const auto small = metering().then(
      {CouponGranted{"late", 200, ten + 300}, CouponGranted{"soon", 100, ten + 100}});
  CHECK(coupon_of_hour(small) == "soon");  // None does: the first to expire.
  const auto alike =
      metering().then({CouponGranted{"b", 400, ten + 100}, CouponGranted{"a", 300, ten + 100},
                       CouponGranted{"c", 300, ten + 100}});
  CHECK(coupon_of_hour(alike) == "a");  // From small to large, then by name.
}

TEST_CASE("the coupon that the order names pays first, as long as it can") {
  const auto wallet =
      with(1'000).then({CouponGranted{"chosen", 100, ten + 300},
                        CouponGranted{"soon", 500, ten + 1}, order_of("o1", hourly, 0, "chosen")});
  CHECK(coupon_of_hour(wallet) == "chosen");
  const auto spent =
      wallet.then({charged("o1", ten - 120 * minute, ten - 60 * minute, 250, "chosen", 100)});
  CHECK(coupon_of_hour(spent) == "soon");
}

TEST_CASE("no coupon pays that has expired by the end of what is charged, or in debt") {
  CHECK(coupon_of_hour(metering().then({CouponGranted{"c1", 300, ten}})) == "");
  CHECK(coupon_of_hour(metering().then({CouponGranted{"c1", 300, ten + 1}})) == "c1");
  const auto in_debt = metering().then({CouponGranted{"c1", 300, ten + 1}, order_of("o2", hourly),
                                        charged("o2", ten, ten + minute, 1'001)});
  CHECK(coupon_of_hour(in_debt) == "");
}

TEST_CASE("a coupon that two charges want at once is spent once") {
  // Both orders named it, and it is enough for one of them.
  auto wallet =
      with(1'000).then({CouponGranted{"c1", 300, ten + 9'999}, order_of("o1", hourly, 0, "c1"),
                        order_of("o2", hourly, 0, "c1")});
  for (const auto* order_id : {"o1", "o2"}) {
    const auto decision = wallet.when(charge(order_id, ten, ten + 60 * minute)).value();
    for (const auto& event : decision) wallet.state = Wallet::evolve(wallet.state, event);
  }
  const auto& after = std::get<Wallet::Opened>(wallet.state);
  CHECK(after.coupons.at("c1").remaining_fen == 0);
  CHECK(after.balance_fen == 1'000 - (500 - 300));
}

TEST_CASE("what is stored is charged once a day, beyond what is free") {
  const Wallet::ChargeStorage volumes{StoredThing::volumes, 100, 50, {7}};
  const StorageCharged charged_volumes{StoredThing::volumes, 100, 50, 50, 0, {}, {7}};
  CHECK(with(1'000).when(volumes).value() == decided<Wallet>({charged_volumes}));
  const auto after = with(1'000).then({charged_volumes});
  CHECK(after.when(volumes).value().empty());
  CHECK(after.when(Wallet::ChargeStorage{StoredThing::volumes, 99, 10, {}}).value().empty());
  CHECK(after.when(Wallet::ChargeStorage{StoredThing::images, 100, 42, {8}}).value() ==
        decided<Wallet>({StorageCharged{StoredThing::images, 100, 42, 12, 0, {}, {8}}}));
  CHECK(after.when(Wallet::ChargeStorage{StoredThing::images, 100, 30, {8}}).value().empty());
}

TEST_CASE("a coupon pays for storage if it is good at the end of the day") {
  const auto midnight = beijing_midnight_s(101);
  const Wallet::ChargeStorage volumes{StoredThing::volumes, 100, 50, {7}};
  CHECK(empty().then({CouponGranted{"c1", 20, midnight + 1}}).when(volumes).value() ==
        decided<Wallet>({StorageCharged{StoredThing::volumes, 100, 50, 50, 20, "c1", {7}}}));
  CHECK(empty().then({CouponGranted{"c1", 20, midnight}}).when(volumes).value() ==
        decided<Wallet>({StorageCharged{StoredThing::volumes, 100, 50, 50, 0, {}, {7}}}));
}

TEST_CASE("every state of a wallet answers every command as the table says", "[golden]") {
  const auto metered = metering();
  const auto prepaid = with(20'000).then({paid(order_of("o1", daily, 1), 5'000)});
  check_state_table<Wallet>({
      {{"absent", {}},
       {"empty", empty().state},
       {"10 CNY, a metered order", metered.state},
       {"in debt", metered.then({charged("o1", ten - 60 * minute, ten, 1'001)}).state},
       {"150 CNY, a prepaid order", prepaid.state},
       {"its order closed", metered.then({OrderClosed{"o1"}}).state},
       {"its order refunded", prepaid.then({OrderRefunded{"o1", 5'000, "x"}}).state}},
      {{"open", Wallet::Open{{"a1"}}},
       {"top up", Wallet::TopUp{{"t1", 100}}},
       {"top up, the first one again", Wallet::TopUp{{"t0", 1'000}}},
       {"grant coupon", Wallet::GrantCoupon{{"c1", 100, ten + 1}}},
       {"place metered order", Wallet::PlaceOrder{order_of("o2", hourly), ten}},
       {"place prepaid order", Wallet::PlaceOrder{order_of("o2", daily, 1), ten}},
       {"place order again", Wallet::PlaceOrder{order_of("o1", hourly), ten}},
       {"renew", Wallet::Renew{renewal_of("o1", "r1", 1), ten}},
       {"charge usage", charge("o1", ten, ten + 60)},
       {"charge storage", Wallet::ChargeStorage{StoredThing::volumes, 100, 50, {}}},
       {"refund", Wallet::Refund{"o1", "x"}},
       {"close order", Wallet::CloseOrder{"o1"}}},
  });
}
