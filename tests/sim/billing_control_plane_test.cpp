#include <catch2/catch.hpp>

#include "events/folds/billing_terms.hpp"
#include "tests/support/control_plane_fixture.hpp"

using namespace orrery;
using Names = std::vector<std::string>;

namespace {

using std::chrono::seconds;

/// Customers of instances on the whole control plane.
struct Commerce : ControlPlaneFixture {
  Commerce() { declare_cluster(1, 4); }

  void open(std::int64_t balance_fen) {
    ask<Wallet>("w", Wallet::Open{});
    ask<Wallet>("w", Wallet::TopUp{{"t", balance_fen}});
  }

  Wallet::PlaceOrder order_of(const std::string& instance, OrderTerms terms,
                              const std::string& coupon_id = "") const {
    OrderPlaced order;
    order.order_id = "o-" + instance;
    order.instance_id = instance;
    order.terms = terms;
    order.period_count = terms.selling_type == SellingType::pay_as_you_go ? 0 : 1;
    order.coupon_id = coupon_id;
    auto& wish = order.specification;
    wish.namespace_id = "w";
    wish.cluster = "us-east1-a";
    wish.gpu_model = "A40-48GB";
    wish.gpu_count = 1;
    wish.uid = "uid-" + instance;
    return {order, seconds_of(clock.time)};
  }

  /// The next full hour, and some seconds for what follows from it.
  void run_to_next_hour() {
    const auto left = next_hour_s(seconds_of(clock.time)) - seconds_of(clock.time);
    clock.time += seconds(left);
    scheduler.advance_time(seconds(left));
    run_for(seconds(10));
  }

  template <class E>
  std::vector<E> all(const std::string& stream) const {
    std::vector<E> events;
    (void)memory_log.read_stream(stream, 1, [&](const StoredEvent& stored) {
      const auto recorded = record(stored);
      if (const auto* event = std::get_if<E>(&recorded.event)) events.push_back(*event);
      return true;
    });
    return events;
  }
};

const OrderTerms hourly{SellingType::pay_as_you_go, 3'600, {}};
const OrderTerms daily{SellingType::daily, 1'000, {}};

}  // namespace

TEST_CASE("what ran is charged when the hour is full, and the order closed when it is gone") {
  Commerce world;
  world.open(100'000);
  world.ask<Wallet>("w", world.order_of("i", hourly));
  world.run_for(seconds(15));
  REQUIRE(world.facts("instance/i").back() == "instance.started");
  CHECK(world.all<UsageCharged>("wallet/w").empty());
  world.run_to_next_hour();
  const auto charges = world.all<UsageCharged>("wallet/w");
  REQUIRE(charges.size() == 1);
  CHECK(charges[0].until_s % seconds_per_hour == 0);
  CHECK(charges[0].amount_fen == charges[0].until_s - charges[0].from_s);  // A fen a second.
  world.ask<Instance>("i", Instance::Delete{});
  world.run_for(seconds(20));
  CHECK(world.facts("instance/i").back() == "instance.deleted");
  CHECK(world.facts("wallet/w") == Names{"wallet.opened", "wallet.topped_up", "wallet.order_placed",
                                         "wallet.usage_charged", "wallet.usage_charged",
                                         "wallet.order_closed"});
}

TEST_CASE("a coupon that two instances want at the same hour is spent once") {
  Commerce world;
  world.open(100'000);
  world.ask<Wallet>("w", Wallet::GrantCoupon{{"c", 4'000, 2'000'000'000}});
  world.ask<Wallet>("w", world.order_of("i", hourly, "c"));
  world.ask<Wallet>("w", world.order_of("j", hourly, "c"));
  world.run_for(seconds(15));
  world.run_to_next_hour();
  const auto charges = world.all<UsageCharged>("wallet/w");
  REQUIRE(charges.size() == 2);
  CHECK(charges[0].coupon_fen == charges[0].amount_fen);
  CHECK(charges[1].coupon_fen == 4'000 - charges[0].amount_fen);
}

TEST_CASE("of two orders at once for the last money one is placed") {
  Commerce world;
  world.open(1'500);
  for (const auto* instance : {"i", "j"})
    world.sender->send(world.plane.bus().registry<Wallet>(),
                       CommandMessage<Wallet>{"w", world.order_of(instance, daily), {}, {}});
  world.run_for(seconds(15));
  CHECK(world.all<OrderPlaced>("wallet/w").size() == 1);
}

TEST_CASE("in arrears what is metered is stopped, and gives its GPUs back") {
  Commerce world;
  world.open(3'700);
  world.ask<Wallet>("w", world.order_of("paid", daily));
  world.ask<Wallet>("w", Wallet::TopUp{{"t2", 1'000}});
  world.ask<Wallet>("w", world.order_of("i", hourly));
  world.run_for(seconds(15));
  world.run_to_next_hour();
  CHECK(world.facts("instance/i").back() == "instance.started");
  world.run_to_next_hour();
  CHECK(world.facts("instance/i").back() == "instance.stopped");
  CHECK(world.all<InstanceStopRequested>("instance/i").front().reason ==
        InstanceEndReason::arrears);
  CHECK(world.facts("lease/i.1").back() == "lease.released");
  CHECK(world.facts("instance/paid").back() == "instance.started");
}
