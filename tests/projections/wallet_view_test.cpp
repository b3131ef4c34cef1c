#include "projections/wallets/wallet_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/random_history.hpp"

using namespace orrery;

namespace {

struct Customer : Told<WalletView> {
  Customer() {
    tell("wallet/w", WalletOpened{"a1"});
    tell("wallet/w", WalletToppedUp{"t1", 100'000});
  }
  Customer& order(const std::string& instance, SellingType selling_type, std::uint32_t periods = 0,
                  std::int64_t paid_fen = 0) {
    auto placed = order_of(instance);
    placed.terms.selling_type = selling_type;
    placed.period_count = periods;
    placed.paid_fen = paid_fen;
    tell("wallet/w", placed);
    return *this;
  }
  std::vector<BillLine> bill(BillQuery query = {}) const { return view.bill("w", query); }
};

UsageCharged usage_of(const std::string& instance, std::int64_t from_s, std::int64_t until_s,
                      std::int64_t amount_fen, std::int64_t coupon_fen = 0,
                      const std::string& coupon_id = "") {
  return {"order-" + instance, from_s, until_s, amount_fen, coupon_fen, coupon_id, {3, 5, 8}};
}

}  // namespace

TEST_CASE("a wallet shows who manages it and what is in it") {
  Customer told;
  told.tell("wallet/x", WalletOpened{""});
  const auto wallet = told.view.find("w").value();
  CHECK(wallet.account_id == "a1");
  CHECK(wallet.balance_fen == 100'000);
  CHECK(wallet.version == 2);
  CHECK(wallet.opened_at == History::time_at(1));
  CHECK_FALSE(wallet.in_debt());
  CHECK(told.view.all().size() == 2);
  REQUIRE(told.view.of_account("a1").size() == 1);
  CHECK(told.view.of_account("").empty());  // Nobody's are nobody's.
  CHECK_FALSE(told.view.find("y"));
  CHECK(told.view.coupons("y").empty());
  CHECK(told.view.orders("y", 99, 9).empty());
  CHECK(told.view.bill("y", {}).empty());
}

TEST_CASE("coupons show what is left of them, in the order in which they are used") {
  Customer told;
  told.tell("wallet/w", CouponGranted{"late", 500, 300});
  told.tell("wallet/w", CouponGranted{"soon", 300, 100});
  told.order("i", SellingType::pay_as_you_go);
  told.tell("wallet/w", usage_of("i", 0, 60, 120, 100, "late"));
  CHECK(told.view.coupons("w") ==
        std::vector<CouponDetails>{{"soon", 300, 300, 100}, {"late", 500, 400, 300}});
  CHECK(told.view.usable_coupons_fen("w", 99) == 700);
  CHECK(told.view.usable_coupons_fen("w", 100) == 400);
  CHECK(told.view.usable_coupons_fen("w", 300) == 0);
  told.tell("wallet/w", usage_of("i", 60, 120, 100'000));
  CHECK(told.view.find("w")->in_debt());
  CHECK(told.view.usable_coupons_fen("w", 0) == 0);
}

TEST_CASE("each line of the bill says what it is for, who paid, and which events are behind it") {
  Customer told;
  told.tell("wallet/w", CouponGranted{"c", 50, 999'999});
  told.order("i", SellingType::pay_as_you_go);
  told.tell("wallet/w", usage_of("i", 3'600, 7'200, 250, 50, "c"));
  told.tell("wallet/w", StorageCharged{StoredThing::volumes, 1, 70, 70, 0, "", {7, 8}});
  told.tell("wallet/w", StorageCharged{StoredThing::images, 1, 31, 1, 0, "", {9}});
  const auto lines = told.bill();
  REQUIRE(lines.size() == 4);  // A metered order costs nothing by itself.
  CHECK(lines[0].kind == BillLineKind::top_up);
  CHECK(lines[0].balance_change_fen == 100'000);

  const auto& usage = lines[1];
  CHECK(usage.kind == BillLineKind::usage);
  CHECK(usage.position == 5);
  CHECK(usage.time == History::time_at(5));
  CHECK(usage.amount_fen == 250);
  CHECK(usage.coupon_fen == 50);
  CHECK(usage.coupon_id == "c");
  CHECK(usage.balance_change_fen == -200);
  CHECK(usage.balance_after_fen == 99'800);
  CHECK(usage.order_id == "order-i");
  CHECK(usage.instance_id == "i");
  CHECK(usage.from_s == 3'600);
  CHECK(usage.until_s == 7'200);
  CHECK(usage.causes == std::vector<Position>{3, 5, 8});

  CHECK(lines[2].kind == BillLineKind::volume_storage);
  CHECK(lines[2].stored_gb == 70);
  CHECK(lines[2].from_s == beijing_midnight_s(1));
  CHECK(lines[2].until_s == beijing_midnight_s(2));
  CHECK(lines[2].causes == std::vector<Position>{7, 8});
  CHECK(lines[3].kind == BillLineKind::image_storage);
  CHECK(lines[3].balance_after_fen == 99'729);
}

TEST_CASE("orders, renewals and refunds are lines with the events behind them") {
  Customer told;
  told.order("i", SellingType::daily, 2, 10'000);
  told.tell("wallet/w",
            OrderRenewed{"order-i", "r1", "i", {SellingType::daily, 5'000, {}}, 1, 5'000, ""});
  auto refunded = told.happened("wallet/w", OrderRefunded{"order-i", 15'000, "out_of_stock"});
  refunded.origin.causation = 4;
  told.view.apply(refunded);
  const auto lines = told.bill();
  REQUIRE(lines.size() == 4);
  CHECK(lines[1].kind == BillLineKind::order);
  CHECK(lines[1].balance_after_fen == 90'000);
  CHECK(lines[2].kind == BillLineKind::renewal);
  CHECK(lines[2].causes == std::vector<Position>{3});
  CHECK(lines[3].kind == BillLineKind::refund);
  CHECK(lines[3].causes == std::vector<Position>{3, 4});
  CHECK(lines[3].balance_change_fen == 15'000);
  CHECK(lines[3].balance_after_fen == 100'000);
  CHECK(told.view.order("order-i")->refunded_fen == 15'000);
}

TEST_CASE("the bill of a time has the lines of that time, page by page") {
  Customer told;  // Position 2, and second 2, is the payment.
  told.order("i", SellingType::pay_as_you_go);
  for (std::int64_t i = 0; i < 10; ++i)  // Positions and seconds 4 to 13.
    told.tell("wallet/w", usage_of("i", i, i + 1, 1));
  const auto positions = [&](const BillQuery& query) {
    std::vector<Position> all;
    for (const auto& line : told.bill(query)) all.push_back(line.position);
    return all;
  };
  CHECK(positions({History::time_at(5), History::time_at(7)}) == std::vector<Position>{5, 6});
  CHECK(positions({History::time_at(12)}) == std::vector<Position>{12, 13});
  CHECK(positions({{}, Time::max(), 0, 3}) == std::vector<Position>{2, 4, 5});
  CHECK(positions({{}, Time::max(), 5, 3}) == std::vector<Position>{6, 7, 8});
  CHECK(positions({{}, History::time_at(1)}).empty());
  CHECK(positions({{}, Time::max(), 13}).empty());
}

TEST_CASE("an order shows what became of it, by its id and by its instance") {
  Customer told;
  told.order("i", SellingType::daily, 2, 10'000).order("j", SellingType::pay_as_you_go);
  CHECK_FALSE(told.view.order_of_instance("i")->term.begun());
  told.tell("instance/i", InstanceStarted{});
  told.tell("instance/j", InstanceStarted{});
  const auto started_s = static_cast<std::int64_t>(5);
  CHECK(told.view.order("order-i")->term.ends_at_s == started_s + 2 * seconds_per_day);
  told.tell("wallet/w",
            OrderRenewed{"order-i", "r1", "i", {SellingType::daily, 5'000, {}}, 1, 5'000, ""});
  const auto renewed = told.view.order_of_instance("i").value();
  CHECK(renewed.term.ends_at_s == started_s + 3 * seconds_per_day);
  CHECK(renewed.renewal_ids == std::vector<std::string>{"r1"});
  told.tell("wallet/w", usage_of("j", 6, 9, 1));
  told.tell("wallet/w", OrderClosed{"order-j"});
  const auto metered = told.view.order_of_instance("j").value();
  CHECK(metered.namespace_id == "w");
  CHECK(metered.charged_fen == 1);
  CHECK(metered.charged_until_s == 9);
  CHECK(metered.closed);
  CHECK_FALSE(metered.term.begun());
  const auto ids = [&](Position before, std::size_t count) {
    std::vector<std::string> all;
    for (const auto& order : told.view.orders("w", before, count))
      all.push_back(order.placed.order_id);
    return all;
  };
  CHECK(ids(99, 9) == std::vector<std::string>{"order-j", "order-i"});
  CHECK(ids(99, 1) == std::vector<std::string>{"order-j"});
  CHECK(ids(metered.position, 9) == std::vector<std::string>{"order-i"});
  CHECK_FALSE(told.view.order("order-k"));
  CHECK_FALSE(told.view.order_of_instance("k"));
}

TEST_CASE("in any history each line of a bill moves the balance from the line before") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    const RandomHistory history(seed, 600);
    WalletView view;
    history.fold_into(view);
    for (const auto& wallet : view.all()) {
      std::int64_t balance = 0;
      BillQuery query;
      query.line_count_max = 1'000'000;
      for (const auto& line : view.bill(wallet.namespace_id, query)) {
        balance += line.balance_change_fen;
        REQUIRE(line.balance_after_fen == balance);
      }
      CHECK(balance == wallet.balance_fen);
    }
  }
}
