#include <catch2/catch.hpp>

#include "tests/support/billing_world.hpp"

using namespace orrery;

namespace {

constexpr std::int64_t hour = seconds_per_hour;
constexpr std::int64_t day = seconds_per_day;
constexpr auto begin = BillingWorld::begin_s;

const OrderTerms hourly{SellingType::pay_as_you_go, 250, {}};
const OrderTerms daily{SellingType::daily, 5'000, {}};

/// "from+until amount" of each charge for usage, in seconds from the beginning.
std::string charges(const BillingWorld& world) {
  std::string text;
  for (const auto& charge : world.all<UsageCharged>())
    text += std::to_string(charge.from_s - begin) + "-" + std::to_string(charge.until_s - begin) +
            " " + std::to_string(charge.amount_fen) + ", ";
  return text;
}

/// "GB day" of each charge for storage, in days from the first.
std::string storage(const BillingWorld& world) {
  std::string text;
  for (const auto& charge : world.all<StorageCharged>())
    text += (charge.thing == StoredThing::images ? "images " : "") +
            std::to_string(charge.stored_gb) + " on " +
            std::to_string(charge.day - beijing_day(begin)) + ": " +
            std::to_string(charge.amount_fen) + ", ";
  return text;
}

template <class State>
bool is(const BillingWorld& world, const std::string& instance_id) {
  return std::holds_alternative<State>(world.state<Instance>(instance_id));
}

/// A customer with so much money and an instance that runs since a minute before the hour.
BillingWorld with_running(const OrderTerms& terms = hourly, std::uint32_t period_count = 0,
                          std::int64_t balance_fen = 100'000) {
  BillingWorld world;
  world.open("w", balance_fen);
  world.order("w", "i", terms, period_count);
  world.pass(hour - 60);
  world.started("i");
  return world;
}

}  // namespace

TEST_CASE("what runs is charged at each full hour and when it ends") {
  auto world = with_running();
  CHECK(charges(world).empty());
  world.pass(59, 1);
  CHECK(charges(world).empty());
  world.pass(1, 1);
  CHECK(charges(world) == "3540-3600 4, ");
  world.pass(hour + 1'800, 7);
  world.stop("i");
  CHECK(charges(world) == "3540-3600 4, 3600-7200 250, 7200-9000 125, ");
  world.pass(5 * hour);
  CHECK(charges(world) == "3540-3600 4, 3600-7200 250, 7200-9000 125, ");
  CHECK(world.balance_fen("w") == 100'000 - 379);
}

TEST_CASE("a charge names the order, the start, and the end of what ran") {
  auto world = with_running();
  world.pass(120, 1);
  world.stop("i");
  const auto charged = world.all<UsageCharged>();
  REQUIRE(charged.size() == 2);
  const auto name = [&](std::uint64_t position) {
    return std::string(name_of(world.log()[position - 1].event));
  };
  REQUIRE(charged[0].causes.size() == 2);
  CHECK(name(charged[0].causes[0]) == "wallet.order_placed");
  CHECK(name(charged[0].causes[1]) == "instance.started");
  REQUIRE(charged[1].causes.size() == 3);
  CHECK(name(charged[1].causes[2]) == "instance.stop_requested");
}

TEST_CASE("an order is closed once its instance is gone and charged") {
  auto world = with_running();
  world.pass(30, 1);
  world.remove("i");
  CHECK(charges(world) == "3540-3570 2, ");
  CHECK(world.all<OrderClosed>() == std::vector<OrderClosed>{{"o-i"}});
  CHECK(world.process().instance_count() == 0);
  CHECK(world.refusals().empty());
}

TEST_CASE("what ran for less than it takes to see a second pass costs nothing") {
  auto world = with_running();
  world.remove("i");
  CHECK(charges(world).empty());
  CHECK(world.all<OrderClosed>().size() == 1);
}

TEST_CASE("nobody pays while an instance looks for other GPUs") {
  auto world = with_running();
  world.pass(60 + 600);
  world.send<Instance>("i", Instance::Interrupt{"node_lost", "The node is lost."});
  world.pass(1'200);
  world.send<Instance>("i", Instance::Place{{}});
  world.started("i");
  world.pass(1'800);
  CHECK(charges(world) == "3540-3600 4, 3600-4200 42, 5400-7200 125, ");
}

TEST_CASE("what costs nothing is charged as nothing, and its order closed") {
  auto free = hourly;
  free.price_fen = 0;
  auto world = with_running(free);
  world.pass(hour);
  world.remove("i");
  CHECK(charges(world) == "3540-3600 0, 3600-7140 0, ");
  CHECK(world.all<OrderClosed>().size() == 1);
}

TEST_CASE("an order whose instance never ran is refunded") {
  BillingWorld world;
  world.open("w", 20'000);
  world.order("w", "i", daily, 3);
  CHECK(world.balance_fen("w") == 5'000);
  world.pass(600);
  world.send<Instance>("i", Instance::ReportFailed{"out_of_stock", "No GPUs."});
  CHECK(world.balance_fen("w") == 20'000);
  CHECK(world.all<OrderRefunded>() == std::vector<OrderRefunded>{{"o-i", 15'000, "out_of_stock"}});
  world.order("w", "j", daily, 1);
  world.remove("j");
  CHECK(world.balance_fen("w") == 20'000);
  CHECK(world.all<OrderRefunded>().back().reason == "deleted_before_it_ran");
  CHECK(world.all<OrderClosed>().empty());
}

TEST_CASE("what is paid in advance isn't metered, stops at its end, and is kept for 15 days") {
  auto world = with_running(daily, 2);
  world.pass(2 * day - 1, hour);
  CHECK(is<Instance::Running>(world, "i"));
  world.pass(1);
  CHECK(is<Instance::Stopping>(world, "i"));
  CHECK(world.all<InstanceStopRequested>().front().reason == InstanceEndReason::expired);
  world.stopped("i");
  world.pass(15 * day - 1, hour);
  CHECK(is<Instance::Stopped>(world, "i"));
  world.pass(1);
  CHECK(is<Instance::Deleting>(world, "i"));
  CHECK(world.all<InstanceDeletionRequested>().front().reason == InstanceEndReason::retention);
  world.stopped("i");
  CHECK(world.all<OrderClosed>().size() == 1);
  CHECK(world.balance_fen("w") == 90'000);
  CHECK(world.process().instance_count() == 0);
}

TEST_CASE("a renewal goes on from the end of the term, or from now") {
  auto world = with_running(daily, 1);
  world.renew("w", "i", daily, 1);
  world.pass(2 * day - 1, hour);
  CHECK(is<Instance::Running>(world, "i"));
  world.pass(1);
  world.stopped("i");
  CHECK(is<Instance::Stopped>(world, "i"));
  world.pass(10 * day, hour);
  world.renew("w", "i", daily, 1);
  world.start("i");
  CHECK(is<Instance::Running>(world, "i"));
  world.pass(day, hour);
  CHECK(is<Instance::Stopping>(world, "i"));
  CHECK(world.balance_fen("w") == 100'000 - 15'000);
}

TEST_CASE("a renewal that comes while the instance is being deleted is given back") {
  auto world = with_running(daily, 1);
  world.renew("w", "i", daily, 1);
  world.send<Instance>("i", Instance::Delete{});
  const auto before = world.balance_fen("w");
  world.renew("w", "i", daily, 2);
  CHECK(world.balance_fen("w") == before - 10'000);
  world.stopped("i");
  CHECK(world.balance_fen("w") == before);  // The first renewal stays paid.
  CHECK(world.all<OrderRefunded>().front().reason == "renewed_while_deleted");
  CHECK(world.all<OrderClosed>().empty());
  CHECK(world.process().instance_count() == 0);
}

TEST_CASE("who switches on what is over has it switched off again") {
  auto world = with_running(daily, 1);
  world.pass(day, hour);
  world.stopped("i");
  world.start("i");
  CHECK(is<Instance::Stopped>(world, "i"));
}

TEST_CASE("an instance that is paid for in advance is kept while it is paid for") {
  auto world = with_running(daily, 30, 200'000);
  world.stop("i");
  world.pass(45 * day - 1, hour);
  CHECK(is<Instance::Stopped>(world, "i"));
  world.pass(1);
  CHECK(is<Instance::Deleting>(world, "i"));
}

TEST_CASE("a metered instance that is off for 15 days is deleted") {
  auto world = with_running();
  world.stop("i");
  world.pass(15 * day - 1, hour);
  CHECK(is<Instance::Stopped>(world, "i"));
  world.start("i");
  world.stop("i");
  world.pass(15 * day - 1, hour);
  CHECK(is<Instance::Stopped>(world, "i"));
  world.pass(1);
  CHECK(is<Instance::Deleting>(world, "i"));
}

TEST_CASE("one that failed is not shown for ever") {
  BillingWorld world;
  world.open("w", 20'000);
  world.order("w", "i", hourly);
  world.send<Instance>("i", Instance::ReportFailed{"node_lost", "The node is lost."});
  world.pass(15 * day, hour);
  world.stopped("i");
  CHECK(is<Instance::Deleted>(world, "i"));
  CHECK(world.process().instance_count() == 0);
}

TEST_CASE("in arrears everything metered is stopped, and what is paid for goes on") {
  BillingWorld world;
  world.open("w", 5'000 + 600);
  world.open("rich", 100'000);
  world.order("w", "paid", daily, 1);
  for (const auto* instance : {"i", "j"}) world.order("w", instance, hourly);
  world.order("rich", "k", hourly);
  for (const auto* instance : {"paid", "i", "j", "k"}) world.started(instance);
  world.pass(hour);
  CHECK(is<Instance::Running>(world, "i"));
  CHECK(world.balance_fen("w") == 100);
  world.pass(hour);
  CHECK(world.balance_fen("w") == -400);
  CHECK(is<Instance::Stopping>(world, "i"));
  CHECK(is<Instance::Stopping>(world, "j"));
  CHECK(is<Instance::Running>(world, "paid"));
  CHECK(is<Instance::Running>(world, "k"));
  CHECK(world.all<InstanceStopRequested>().front().reason == InstanceEndReason::arrears);
}

TEST_CASE("who pays off his debt runs on, and who doesn't doesn't") {
  auto world = with_running(hourly, 0, 251);
  world.pass(60);
  world.pass(hour);
  CHECK(world.balance_fen("w") == -3);
  world.stopped("i");
  world.start("i");  // The edge would not let him.
  CHECK(is<Instance::Stopped>(world, "i"));
  world.top_up("w", 1'000);
  world.start("i");
  CHECK(is<Instance::Running>(world, "i"));
  world.pass(60);
  CHECK(is<Instance::Running>(world, "i"));
}

TEST_CASE("a metered instance whose first start comes in debt is stopped at once") {
  BillingWorld world;
  world.open("w", 500);
  world.order("w", "i", hourly);
  world.order("w", "late", hourly);
  world.started("i");
  world.pass(3 * hour);
  CHECK(world.balance_fen("w") == -250);
  CHECK(is<Instance::Placed>(world, "late"));
  world.started("late");
  CHECK(is<Instance::Stopping>(world, "late"));
}

TEST_CASE("data volumes are charged by the day, from the first run, at the day's maximum") {
  BillingWorld world;  // 18:00 in Beijing.
  world.open("w", 100'000);
  world.order("w", "i", daily, 1, 50);
  world.pass(7 * hour);
  CHECK(storage(world).empty());  // It isn't there for the customer yet.
  world.started("i");
  world.order("w", "j", daily, 1, 20);
  world.started("j");
  world.stop("j");
  world.remove("j");
  world.send<Volume>("v-j", Volume::Delete{});
  world.pass(23 * hour - 1, 100);
  CHECK(storage(world).empty());
  world.pass(1);
  CHECK(storage(world) == "70 on 1: 70, ");
  CHECK(world.all<StorageCharged>().front().causes.size() == 2);
  world.pass(2 * day);
  CHECK(storage(world) == "70 on 1: 70, 50 on 2: 50, 50 on 3: 50, ");
}

TEST_CASE("a volume of a create that failed costs nothing") {
  BillingWorld world;
  world.open("w", 100'000);
  world.order("w", "i", hourly, 0, 50);
  world.send<Instance>("i", Instance::ReportFailed{"node_lost", "The node is lost."});
  world.send<Volume>("v-i", Volume::Unmount{"i"});
  world.send<Volume>("v-i", Volume::Delete{});
  world.pass(3 * day, hour);
  CHECK(world.balance_fen("w") == 100'000);
}

TEST_CASE("saved images cost what is beyond 30 GB") {
  BillingWorld world;
  world.open("w", 100'000);
  const auto save = [&](const std::string& id, std::uint64_t bytes) {
    world.send<ContainerImage>(id, ContainerImage::Save{{"w", id, "i", bytes}});
  };
  save("a", 29'000'000'000);
  world.pass(day, hour);
  CHECK(storage(world).empty());
  save("b", 1'000'000'001);
  world.pass(day, hour);
  CHECK(storage(world) == "images 31 on 1: 1, ");
  world.send<ContainerImage>("a", ContainerImage::Withdraw{});
  world.pass(3 * day, hour);
  CHECK(storage(world) == "images 31 on 1: 1, images 31 on 2: 1, ");
}

TEST_CASE("a volume that nobody mounts is kept for 7 days") {
  BillingWorld world;
  world.open("w", 100'000);
  world.order("w", "i", hourly, 0, 50);
  world.started("i");
  world.remove("i");
  world.pass(7 * day - 1, hour);
  CHECK(std::holds_alternative<Volume::Kept>(world.state<Volume>("v-i")));
  world.pass(1);
  CHECK(std::holds_alternative<Volume::Deleted>(world.state<Volume>("v-i")));
  const auto balance = world.balance_fen("w");
  world.pass(day, hour);  // The last day of it.
  CHECK(world.balance_fen("w") == balance - 50);
  world.pass(10 * day, hour);
  CHECK(world.balance_fen("w") == balance - 50);
}

TEST_CASE("a volume that is mounted again is kept") {
  BillingWorld world;
  world.open("w", 100'000);
  world.order("w", "i", hourly, 0, 50);
  world.started("i");
  world.remove("i");
  world.pass(6 * day, hour);
  world.send<Volume>("v-i", Volume::Mount{"k", "w", "c"});
  world.pass(20 * day, hour);
  CHECK(std::holds_alternative<Volume::Kept>(world.state<Volume>("v-i")));
}

TEST_CASE("where nothing is due a tick asks for nothing") {
  auto world = with_running();
  auto process = world.restored(0, world.log().size());
  CHECK(process.resume().empty());
  for (std::int64_t second = 0; second < 60; ++second)
    CHECK(process.at(Time(std::chrono::seconds(world.now_s() + second))).empty());
  const auto hour_is_full = Time(std::chrono::seconds(world.now_s() + 60));
  CHECK(process.at(hour_is_full).size() == 1);
  CHECK(process.at(hour_is_full).empty());  // Once is enough.
}

TEST_CASE("an order that has ended is charged no more, and others are") {
  BillingWorld world;
  world.open("w", 10'000);
  world.order("w", "i", hourly);
  world.order("w", "j", hourly);
  world.started("i");
  world.started("j");
  world.send<Wallet>("w", Wallet::CloseOrder{"o-i"});  // By somebody who shouldn't.
  world.pass(hour);
  CHECK(charges(world) == "0-3600 250, ");
  CHECK(world.all<UsageCharged>().front().order_id == "o-j");
}

TEST_CASE("an order for an instance that another order has changes nothing about it") {
  auto world = with_running();
  world.open("x", 10'000);
  auto other = world.all<OrderPlaced>().front();
  other.order_id = "o-other";
  world.send<Wallet>("x", Wallet::PlaceOrder{other, world.now_s()});
  world.send<Wallet>("x", Wallet::Refund{"o-other", "instance_exists_already"});
  world.pass(60);
  CHECK(charges(world) == "3540-3600 4, ");
  world.remove("i");
  CHECK(world.process().instance_count() == 0);
  world.send<Wallet>("x", Wallet::PlaceOrder{other, world.now_s()});  // Refused: it has ended.
  other.order_id = "o-third";
  world.send<Wallet>("x", Wallet::PlaceOrder{other, world.now_s()});
  CHECK(world.process().instance_count() == 1);
  world.send<Wallet>("x", Wallet::Refund{"o-third", "instance_exists_already"});
  CHECK(world.process().instance_count() == 0);
}
