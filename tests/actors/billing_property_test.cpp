#include <algorithm>
#include <map>
#include <set>
#include <string>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "tests/support/billing_world.hpp"

using namespace orrery;

namespace {

/// One thing that happens, so many seconds after the one before.
struct Act {
  std::int64_t after_s = 0;
  enum What { order, start, stop, interrupt, remove, renew, save_image, end } what = order;
  std::string wallet;
  std::string instance;
};

/// Shorter than anything is kept that nobody uses: who deletes it late has it charged longer.
std::vector<Act> random_script() {
  std::vector<Act> script;
  const auto count = *rc::gen::inRange(5, 30);
  for (int i = 0; i < count; ++i) {
    Act act;
    act.after_s = *rc::gen::element<std::int64_t>(0, 1, 7, 600, 3'599, 5'000, 12'000);
    act.what = static_cast<Act::What>(*rc::gen::inRange(0, static_cast<int>(Act::end)));
    const auto number = *rc::gen::inRange(0, 5);
    act.instance = "i" + std::to_string(number);
    act.wallet = number < 3 ? "a" : "b";
    script.push_back(act);
  }
  return script;
}

/// Every instance has terms of its own; i2 and i4 are paid for by the day.
OrderTerms terms_of(const Act& act) {
  OrderTerms terms;
  if (act.instance == "i2" || act.instance == "i4") terms.selling_type = SellingType::daily;
  terms.price_fen = 100 + 37 * (act.instance.back() - '0');
  terms.discount = {"d", 4'800, BillingWorld::begin_s + 5'000, BillingWorld::begin_s + 50'000};
  return terms;
}

void play(BillingWorld& world, const Act& act) {
  switch (act.what) {
    case Act::order:
      return world.order(act.wallet, act.instance, terms_of(act),
                         terms_of(act).selling_type == SellingType::daily ? 1 : 0, 50);
    case Act::renew:
      return world.renew(act.wallet, act.instance, terms_of(act), 1);
    case Act::start:
      world.started(act.instance);
      return world.start(act.instance);
    case Act::stop:
      return world.stop(act.instance);
    case Act::interrupt:
      world.send<Instance>(act.instance, Instance::Interrupt{"node_lost", ""});
      world.send<Instance>(act.instance, Instance::Place{{}});
      return;
    case Act::remove:
      return world.remove(act.instance);
    case Act::save_image:
      world.send<ContainerImage>(
          act.instance, ContainerImage::Save{{act.wallet, "x", act.instance, 12'345'678'901}});
      return;
    case Act::end:
      return;
  }
}

constexpr std::int64_t plenty = 900'000'000;

BillingWorld with_customers(std::int64_t balance_fen) {
  BillingWorld world;
  for (const auto* wallet : {"a", "b"}) {
    world.open(wallet, balance_fen);
    for (int i = 0; i < 3; ++i)
      world.send<Wallet>(wallet, Wallet::GrantCoupon{{"c" + std::to_string(i), 150 + 70 * i,
                                                      BillingWorld::begin_s + 8'000 * (i + 1)}});
  }
  return world;
}

/// Some are soon in debt.
std::int64_t any_balance() { return *rc::gen::element<std::int64_t>(300, 2'000, plenty); }

constexpr std::int64_t days_after = 2 * seconds_per_day;

/// With a process that is always there.
BillingWorld played_in_time(const std::vector<Act>& script) {
  auto world = with_customers(plenty);
  for (const auto& act : script) {
    world.pass(act.after_s, 1'000);
    play(world, act);
  }
  world.pass(days_after, 1'000);
  return world;
}

/// With a process that is away for any time, between any two things.
BillingWorld played_with_absences(const std::vector<Act>& script,
                                  std::int64_t balance_fen = plenty) {
  auto world = with_customers(balance_fen);
  for (const auto& act : script) {
    switch (*rc::gen::inRange(0, 5)) {
      case 0:
        world.fall_asleep();
        break;
      case 1:
        world.wake_up(*rc::gen::inRange<std::size_t>(0, world.log().size() + 1));
        break;
      default:
        break;
    }
    world.pass(act.after_s, *rc::gen::element<std::int64_t>(100, 3'000, 70'000));
    play(world, act);
  }
  world.pass_unseen(days_after);
  world.wake_up();
  return world;
}

/// The charges of a wallet, in their order.
std::string charges(const BillingWorld& world, const std::string& wallet) {
  std::string text;
  const auto number = [&](std::int64_t n) { text.append(std::to_string(n)).append(" "); };
  for (const auto& recorded : world.log()) {
    if (recorded.stream != "wallet/" + wallet) continue;
    if (const auto* usage = std::get_if<UsageCharged>(&recorded.event)) {
      text.append(usage->order_id).append(" ");
      for (const auto n :
           {usage->from_s - BillingWorld::begin_s, usage->until_s - BillingWorld::begin_s,
            usage->amount_fen, usage->coupon_fen, std::int64_t(usage->causes.size())})
        number(n);
      text.append(usage->coupon_id).append("\n");
    } else if (const auto* storage = std::get_if<StorageCharged>(&recorded.event)) {
      for (const auto n : {storage->day - beijing_day(BillingWorld::begin_s), storage->stored_gb,
                           storage->amount_fen, storage->coupon_fen})
        number(n);
      text.append(storage->coupon_id).append(" stored\n");
    }
  }
  return text;
}

/// The seconds of each metered order that ran, from the events of instances, and that were charged.
struct Seconds {
  std::map<std::string, std::int64_t> ran, charged;
};
Seconds seconds_of_orders(const BillingWorld& world) {
  Seconds seconds;
  std::map<std::string, std::int64_t> since;
  for (const auto& recorded : world.log()) {
    const auto order = "o-" + std::string(stream_id(recorded.stream));
    if (order == "o-i2" || order == "o-i4") continue;  // Paid for by the day.
    const auto& event = recorded.event;
    if (std::holds_alternative<InstanceStarted>(event)) since[order] = seconds_of(recorded.time);
    if (std::holds_alternative<InstanceStopRequested>(event) ||
        std::holds_alternative<InstanceDeletionRequested>(event) ||
        std::holds_alternative<InstanceInterrupted>(event)) {
      if (const auto run = since.find(order); run != since.end()) {
        seconds.ran[order] += seconds_of(recorded.time) - run->second;
        since.erase(run);
      }
    }
    if (const auto* usage = std::get_if<UsageCharged>(&event))
      seconds.charged[usage->order_id] += usage->until_s - usage->from_s;
  }
  for (const auto& [order, start] : since)
    seconds.ran[order] +=
        std::max(start, world.now_s() / seconds_per_hour * seconds_per_hour) - start;
  std::erase_if(seconds.ran, [](const auto& order) { return order.second == 0; });
  return seconds;
}

}  // namespace

TEST_CASE("who is late, or back from any crash, makes the same charges") {
  CHECK(rc::check("absences", [] {
    const auto script = random_script();
    const auto in_time = played_in_time(script);
    const auto late = played_with_absences(script);
    for (const auto* wallet : {"a", "b"})
      RC_ASSERT(charges(late, wallet) == charges(in_time, wallet));
  }));
}

TEST_CASE("the seconds that are charged are those that ran") {
  CHECK(rc::check("seconds", [] {
    const auto world = played_with_absences(random_script(), any_balance());
    const auto seconds = seconds_of_orders(world);
    RC_ASSERT(seconds.charged == seconds.ran);
  }));
}

TEST_CASE("a balance is what was paid in and given back less what was paid, in debt too") {
  CHECK(rc::check("balances", [] {
    const auto world = played_with_absences(random_script(), any_balance());
    std::int64_t sum = 0;
    for (const auto& event : world.all<WalletToppedUp>()) sum += event.amount_fen;
    for (const auto& event : world.all<OrderPlaced>()) sum -= event.paid_fen;
    for (const auto& event : world.all<OrderRenewed>()) sum -= event.paid_fen;
    for (const auto& event : world.all<OrderRefunded>()) sum += event.refund_fen;
    for (const auto& event : world.all<UsageCharged>()) sum += event.coupon_fen - event.amount_fen;
    for (const auto& event : world.all<StorageCharged>())
      sum += event.coupon_fen - event.amount_fen;
    RC_ASSERT(world.balance_fen("a") + world.balance_fen("b") == sum);
    // Nothing metered is on in debt.
    for (const auto& order : world.all<OrderPlaced>()) {
      if (order.terms.selling_type != SellingType::pay_as_you_go) continue;
      const auto state = world.state<Instance>(order.instance_id);
      if (std::holds_alternative<Instance::Running>(state))
        RC_ASSERT(world.balance_fen(order.specification.namespace_id) >= 0);
    }
  }));
}

TEST_CASE("every order ends with its instance, and nothing of it is remembered") {
  CHECK(rc::check("orders", [] {
    auto world = played_with_absences(random_script(), any_balance());
    for (int i = 0; i < 5; ++i) world.remove("i" + std::to_string(i));
    std::set<std::string> placed, ended;
    for (const auto& order : world.all<OrderPlaced>()) placed.insert(order.order_id);
    for (const auto& order : world.all<OrderClosed>())
      RC_ASSERT(ended.insert(order.order_id).second);
    for (const auto& order : world.all<OrderRefunded>())
      RC_ASSERT(ended.insert(order.order_id).second);
    RC_ASSERT(placed == ended);
    RC_ASSERT(world.process().instance_count() == 0u);
  }));
}

TEST_CASE("a snapshot of the billing process at any moment owes what the whole log owes") {
  CHECK(rc::check("snapshots", [] {
    const auto world = played_with_absences(random_script(), any_balance());
    const auto& log = world.log();
    std::string live_bytes, folded_bytes;
    world.process().save(live_bytes);
    world.restored(0, log.size()).save(folded_bytes);
    RC_ASSERT(live_bytes == folded_bytes);
    const auto count = *rc::gen::inRange<std::size_t>(0, log.size() + 1);
    const auto saved = *rc::gen::inRange<std::size_t>(0, count + 1);
    auto whole = world.restored(0, count), restored = world.restored(saved, count);
    std::string whole_bytes, restored_bytes;
    whole.save(whole_bytes);
    restored.save(restored_bytes);
    RC_ASSERT(restored_bytes == whole_bytes);
    RC_ASSERT(restored.resume().size() == whole.resume().size());
  }));
}
