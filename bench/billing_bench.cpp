// An hour of many metered instances, in process: what a tick costs while nothing is due, and how
// fast the billing process and the wallets' rules charge all of them when the hour is full. The log
// is left out: a charge that is made durable costs what any event costs (log_append_bench).
#include <map>
#include <string>

#include <fmt/format.h>

#include "actors/processes/billing_process.hpp"
#include "bench/bench_report.hpp"
#include "events/folds/billing_terms.hpp"
#include "events/stream_name.hpp"

using namespace orrery;

namespace {

constexpr std::int64_t full_hour_s = 1'725'242'400;

Time at(std::int64_t seconds) { return Time(std::chrono::seconds(seconds)); }

/// Wallets by their rules, instances by their events alone, and the process that charges them.
class Customers {
 public:
  void open(std::uint32_t wallet_count, std::uint32_t instance_count) {
    for (std::uint32_t i = 0; i < wallet_count; ++i) {
      send(wallet_id(i), Wallet::Open{});
      send(wallet_id(i), Wallet::TopUp{{"t", Wallet::amount_fen_max}});
    }
    for (std::uint32_t i = 0; i < instance_count; ++i) {
      OrderPlaced order;
      order.order_id = fmt::format("order-{:08x}", i);
      order.instance_id = fmt::format("instance-{:08x}", i);
      order.terms.price_fen = 250;
      order.specification.namespace_id = wallet_id(i % wallet_count);
      send(order.specification.namespace_id, Wallet::PlaceOrder{order, full_hour_s});
      happened(stream_name("instance", order.instance_id), InstanceStarted{});
    }
    execute(process_.resume());
  }

  /// Nanoseconds that a tick takes on which nothing is due.
  double idle_tick_ns(std::uint32_t tick_count) {
    const Stopwatch watch;
    for (std::uint32_t i = 0; i < tick_count; ++i) execute(process_.at(at(full_hour_s + 60)));
    return watch.seconds() * 1e9 / tick_count;
  }

  /// Charges a second when the next hour is full.
  double charges_per_second() {
    const auto before = charge_count_;
    const Stopwatch watch;
    hour_ += seconds_per_hour;
    execute(process_.at(at(hour_)));
    return static_cast<double>(charge_count_ - before) / watch.seconds();
  }

  std::int64_t charged_fen() const { return charged_fen_; }

 private:
  static std::string wallet_id(std::uint32_t number) {
    return fmt::format("wallet-{:06x}", number);
  }

  void send(const std::string& wallet_id, const Wallet::Command& command) {
    auto& wallet = wallets_[wallet_id];
    const auto decision = Wallet::decide(wallet, command);
    if (!decision) return;
    for (const auto& event : *decision) {
      wallet = Wallet::evolve(std::move(wallet), event);
      std::visit([&](const auto& fact) { happened(stream_name("wallet", wallet_id), fact); },
                 event);
      if (const auto* charged = std::get_if<UsageCharged>(&event)) {
        ++charge_count_;
        charged_fen_ += charged->amount_fen;
      }
    }
  }

  void happened(std::string stream, Event event) {
    process_.apply({++position_, std::move(stream), 1, at(hour_), {}, std::move(event)});
  }

  void execute(std::vector<OwedCommand> owed) {
    while (!owed.empty()) {
      for (const auto& command : owed)
        if (const auto* to = std::get_if<To<Wallet>>(&command.command)) send(to->id, to->command);
      owed = process_.due();
    }
  }

  std::map<std::string, Wallet::State> wallets_;
  BillingProcess process_;
  Position position_ = 0;
  std::int64_t hour_ = full_hour_s;
  std::uint64_t charge_count_ = 0;
  std::int64_t charged_fen_ = 0;
};

void run(std::uint32_t wallet_count, std::uint32_t instance_count, std::uint32_t tick_count) {
  Customers customers;
  customers.open(wallet_count, instance_count);
  const auto idle_ns = customers.idle_tick_ns(tick_count);
  const auto rate = customers.charges_per_second();
  fmt::print(
      "{{\"bench\": \"billing\", \"unit\": \"charges/s\", \"measured\": {:.0f}, "
      "\"idle_tick_ns\": {:.0f}, \"instances\": {}, \"customers\": {}, \"hash\": \"{}\"}}\n",
      rate, idle_ns, instance_count, wallet_count, customers.charged_fen());
}

}  // namespace

int main(int argc, char** argv) {
  const bool tiny = wants_tiny(argc, argv);
  const std::uint32_t instance_count = tiny ? 100 : 100'000;
  const std::uint32_t tick_count = tiny ? 10 : 100'000;
  run(instance_count / 10, instance_count, tick_count);
  run(1, instance_count / 10, tick_count);
}
