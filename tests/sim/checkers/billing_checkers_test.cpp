#include <map>
#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "sim/checkers/charged_seconds.hpp"
#include "sim/checkers/orders_end.hpp"
#include "sim/checkers/wallet_balances.hpp"

using namespace orrery;

namespace {

/// A full hour.
constexpr std::int64_t ten = 1'725'242'400;

/// A history told to a checker and a view, with the time in seconds after ten.
template <class C>
struct Told {
  C checker;
  std::shared_ptr<WalletView> view = std::make_shared<WalletView>();
  Position position = 0;
  std::map<std::string, Version> versions;

  Told& at(std::int64_t seconds, const std::string& stream, Event event) {
    const RecordedEvent recorded{++position,         stream,
                                 ++versions[stream], Time(std::chrono::seconds(ten + seconds)),
                                 Origin{},           std::move(event)};
    checker.apply(recorded);
    view->apply(recorded);
    return *this;
  }
  std::size_t violations_at_rest() {
    checker.at_rest();
    return checker.violations().size();
  }
};

OrderPlaced order_of(SellingType selling_type = SellingType::pay_as_you_go) {
  OrderPlaced order;
  order.order_id = "o";
  order.instance_id = "i";
  order.terms = {selling_type, 360, {}};
  return order;
}

UsageCharged charged(std::int64_t from, std::int64_t until, std::int64_t amount_fen) {
  return {"o", ten + from, ten + until, amount_fen, 0, "", {}};
}

using Charges = Told<ChargedSeconds>;
Charges running_from(std::int64_t start) {
  Charges told;
  told.at(0, "wallet/w", order_of()).at(start, "instance/i", InstanceStarted{});
  return told;
}

using Balances = Told<WalletBalances>;
Balances with(std::int64_t balance_fen) {
  Balances told;
  told.at(0, "wallet/w", WalletOpened{}).at(0, "wallet/w", WalletToppedUp{"t", balance_fen});
  return told;
}

}  // namespace

TEST_CASE("what is charged as it ran breaks nothing", "[sim]") {
  auto told = running_from(100);
  told.at(3'600, "wallet/w", charged(100, 3'600, 350))
      .at(3'700, "instance/i", InstanceStopRequested{})
      .at(3'700, "wallet/w", charged(3'600, 3'700, 10))
      .at(3'800, "instance/i", InstanceStarted{})
      .at(3'900, "instance/i", InstanceInterrupted{})
      .at(3'900, "wallet/w", charged(3'800, 3'900, 10))
      .at(3'950, "instance/i", InstanceStarted{});
  CHECK(told.violations_at_rest() == 0);
}

TEST_CASE("what ran and isn't charged is found", "[sim]") {
  auto ended = running_from(100);
  ended.at(200, "instance/i", InstanceDeletionRequested{});
  CHECK(ended.violations_at_rest() == 1);
  auto over_the_hour = running_from(100);
  over_the_hour.at(3'601, "volume/v", VolumeCreated{});
  CHECK(over_the_hour.violations_at_rest() == 1);
}

TEST_CASE("what is charged and didn't run is found", "[sim]") {
  auto longer = running_from(100);
  longer.at(3'600, "wallet/w", charged(100, 3'600, 350))
      .at(3'600, "instance/i", InstanceStopRequested{});
  CHECK(longer.violations_at_rest() == 0);
  auto too_long = running_from(100);
  too_long.at(3'590, "instance/i", InstanceStopRequested{})
      .at(3'600, "wallet/w", charged(100, 3'600, 350));
  CHECK(too_long.violations_at_rest() == 1);
  Charges prepaid;
  prepaid.at(0, "wallet/w", order_of(SellingType::daily))
      .at(0, "instance/i", InstanceStarted{})
      .at(10, "wallet/w", charged(0, 10, 1));
  CHECK(prepaid.violations_at_rest() == 1);
}

TEST_CASE("a charge that is twice, wrong, or over an hour is found", "[sim]") {
  auto twice = running_from(0);
  twice.at(10, "wallet/w", charged(0, 10, 1)).at(11, "wallet/w", charged(5, 20, 2));
  CHECK(twice.checker.violations().size() == 1);
  auto wrong = running_from(0);
  wrong.at(10, "wallet/w", charged(0, 10, 2));
  CHECK(wrong.checker.violations().size() == 1);
  auto over = running_from(3'590);
  over.at(3'700, "wallet/w", charged(3'590, 3'620, 3));
  CHECK(over.checker.violations().size() == 1);
}

TEST_CASE("money that adds up breaks nothing", "[sim]") {
  auto told = with(1'000);
  auto order = order_of(SellingType::daily);
  order.paid_fen = 600;
  told.at(1, "wallet/w", CouponGranted{"c", 5, ten + 100})
      .at(2, "wallet/w", order)
      .at(3, "wallet/w", OrderRefunded{"o", 600, "x"})
      .at(4, "wallet/w", StorageCharged{StoredThing::volumes, 1, 9, 9, 5, "c", {}});
  told.checker.compare(*told.view);
  CHECK(told.violations_at_rest() == 0);
  CHECK(told.view->find("w")->balance_fen == 996);
}

TEST_CASE("money from nowhere is found", "[sim]") {
  auto poor = with(100);
  auto order = order_of(SellingType::daily);
  order.paid_fen = 101;
  poor.at(1, "wallet/w", order);
  CHECK(poor.checker.violations().size() == 1);
  auto refunded = with(100);
  order.paid_fen = 50;
  refunded.at(1, "wallet/w", order)
      .at(2, "wallet/w", OrderRefunded{"o", 51, "x"})
      .at(3, "wallet/w", OrderClosed{"o"})
      .at(4, "wallet/w", charged(0, 10, 1));
  CHECK(refunded.checker.violations().size() == 3);
}

TEST_CASE("a coupon that pays too much, too late or in debt is found", "[sim]") {
  const auto charge = [](std::int64_t coupon_fen) {
    return UsageCharged{"o", ten, ten + 10, 200, coupon_fen, "c", {}};
  };
  auto too_much = with(1'000);
  too_much.at(1, "wallet/w", CouponGranted{"c", 5, ten + 100}).at(2, "wallet/w", charge(6));
  CHECK(too_much.checker.violations().size() == 1);
  auto too_late = with(1'000);
  too_late.at(1, "wallet/w", CouponGranted{"c", 5, ten + 10}).at(2, "wallet/w", charge(5));
  CHECK(too_late.checker.violations().size() == 1);
  auto in_debt = with(100);
  in_debt.at(1, "wallet/w", CouponGranted{"c", 50, ten + 100})
      .at(2, "wallet/w", charge(0))
      .at(3, "wallet/w", charge(5));
  CHECK(in_debt.checker.violations().size() == 1);
}

TEST_CASE("a view that says another balance is found", "[sim]") {
  auto told = with(1'000);
  told.checker.apply({3, "wallet/w", 3, Time{}, Origin{}, WalletToppedUp{"t2", 1}});
  told.checker.compare(*told.view);
  CHECK(told.checker.violations().size() == 1);
}

namespace {

using Orders = Told<OrdersEnd>;
Orders with_order(SellingType selling_type, std::int64_t paid_fen) {
  Orders told;
  auto order = order_of(selling_type);
  order.paid_fen = paid_fen;
  order.period_count = 1;
  told.at(0, "wallet/w", WalletToppedUp{"t", 1'000}).at(0, "wallet/w", order);
  return told;
}

}  // namespace

TEST_CASE("orders that end as they should break nothing", "[sim]") {
  auto closed = with_order(SellingType::pay_as_you_go, 0);
  closed.at(1, "instance/i", InstanceStarted{})
      .at(2, "instance/i", InstanceDeletionRequested{})
      .at(3, "instance/i", InstanceDeleted{})
      .at(3, "wallet/w", OrderClosed{"o"});
  CHECK(closed.violations_at_rest() == 0);
  auto refunded = with_order(SellingType::daily, 500);
  refunded.at(1, "instance/i", InstanceFailed{}).at(1, "wallet/w", OrderRefunded{"o", 500, "x"});
  CHECK(refunded.violations_at_rest() == 0);
  auto late = with_order(SellingType::daily, 500);
  late.at(1, "instance/i", InstanceStarted{})
      .at(2, "instance/i", InstanceDeletionRequested{})
      .at(3, "wallet/w", OrderRenewed{"o", "r", "i", {SellingType::daily, 300, {}}, 1, 300, ""})
      .at(4, "instance/i", InstanceDeleted{})
      .at(4, "wallet/w", OrderRefunded{"o", 300, "x"});
  CHECK(late.violations_at_rest() == 0);
}

TEST_CASE("orders that don't end, end early, or keep the money are found", "[sim]") {
  auto open = with_order(SellingType::daily, 500);
  open.at(1, "instance/i", InstanceFailed{});
  CHECK(open.violations_at_rest() == 1);
  auto early = with_order(SellingType::pay_as_you_go, 0);
  early.at(1, "wallet/w", OrderClosed{"o"});
  CHECK(early.violations_at_rest() == 1);
  auto kept = with_order(SellingType::daily, 500);
  kept.at(1, "instance/i", InstanceFailed{}).at(1, "wallet/w", OrderClosed{"o"});
  CHECK(kept.violations_at_rest() == 1);
}

TEST_CASE("what is on in arrears, or beyond what was paid for, is found", "[sim]") {
  auto in_debt = with_order(SellingType::pay_as_you_go, 0);
  in_debt.at(1, "instance/i", InstanceStarted{})
      .at(2, "wallet/w", charged(1, 2, 1'001))
      .at(20, "volume/v", VolumeCreated{});
  CHECK(in_debt.violations_at_rest() == 1);
  auto over = with_order(SellingType::daily, 500);
  over.at(1, "instance/i", InstanceStarted{}).at(86'401 + 10, "volume/v", VolumeCreated{});
  CHECK(over.violations_at_rest() == 1);
  over.at(86'420, "instance/i", InstanceStopRequested{});
  CHECK(over.violations_at_rest() == 1);  // As before.
}
