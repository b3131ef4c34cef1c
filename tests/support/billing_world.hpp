#pragma once

#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "actors/processes/billing_process.hpp"
#include "events/folds/billing_terms.hpp"
#include "events/stream_name.hpp"

namespace orrery {

/// Wallets, instances, volumes and images with the billing process, a log that is a vector, and a
/// clock that a test moves. Instances are placed, started and stopped by the test's word.
class BillingWorld {
 public:
  /// A full hour, 18:00 in Beijing.
  static constexpr std::int64_t begin_s = 1'725'271'200;

  BillingWorld() { execute(process_.resume()); }

  // Time.

  std::int64_t now_s() const { return now_s_; }
  /// Time passes, and the process sees it pass.
  void pass(std::int64_t seconds, std::int64_t tick_s = 600) {
    for (const auto until = now_s_ + seconds; now_s_ < until;) {
      now_s_ = std::min(until, now_s_ + tick_s);
      tick();
    }
  }
  void pass_unseen(std::int64_t seconds) { now_s_ += seconds; }
  void tick() {
    if (awake_) execute(process_.at(time()));
  }

  // The process.

  /// It is gone, with everything that it had in mind.
  void fall_asleep() { awake_ = false; }
  /// It is back: from a snapshot of the first `saved` events, and the log.
  void wake_up(std::size_t saved = 0) {
    awake_ = true;
    process_ = restored(saved, log_.size());
    execute(process_.resume());
    tick();
  }
  BillingProcess restored(std::size_t saved, std::size_t count) const {
    BillingProcess before, after;
    for (std::size_t i = 0; i < saved; ++i) before.apply(log_[i]);
    std::string snapshot;
    before.save(snapshot);
    after.load(snapshot);
    for (std::size_t i = saved; i < count; ++i) after.apply(log_[i]);
    return after;
  }
  const BillingProcess& process() const { return process_; }

  // What happens.

  /// False where the rule refuses.
  template <class A>
  bool send(const std::string& id, typename A::Command command, Origin origin = {"test", 0, "r"}) {
    const auto decision = A::decide(std::get<States<A>>(states_)[id], command);
    if (!decision) {
      refusals_.push_back(boost::describe::enum_to_string(decision.error(), "?"));
      if (origin.actor == BillingProcess::name && awake_)
        process_.refused(Rejected<A>{id, std::move(command), decision.error()});
    } else {
      for (const auto& event : *decision) append<A>(id, event, origin);
    }
    if (awake_) execute(process_.due());
    return decision.has_value();
  }

  /// A wallet with so much in it.
  void open(const std::string& wallet_id, std::int64_t balance_fen) {
    send<Wallet>(wallet_id, Wallet::Open{});
    top_up(wallet_id, balance_fen);
  }
  void top_up(const std::string& wallet_id, std::int64_t amount_fen) {
    send<Wallet>(wallet_id, Wallet::TopUp{{"t" + std::to_string(log_.size()), amount_fen}});
  }
  /// Order "o-<instance>" for an instance, with a new volume "v-<instance>" of `size_gb` where that
  /// isn't 0. It is created, and placed.
  void order(const std::string& wallet_id, const std::string& instance_id, const OrderTerms& terms,
             std::uint32_t period_count = 0, std::uint32_t size_gb = 0) {
    OrderPlaced order;
    order.order_id = "o-" + instance_id;
    order.instance_id = instance_id;
    order.terms = terms;
    order.period_count = period_count;
    order.specification.namespace_id = wallet_id;
    order.specification.when_full = WhenFull::queue;
    const auto volume_id = "v-" + instance_id;
    if (size_gb != 0)
      order.specification.volumes.push_back({volume_id, "/root/data", size_gb, true});
    if (!send<Wallet>(wallet_id, Wallet::PlaceOrder{order, now_s_})) return;
    send<Instance>(instance_id, Instance::Create{{order.order_id, order.specification}});
    if (size_gb != 0) {
      send<Volume>(volume_id, Volume::Create{{wallet_id, "c", size_gb}});
      send<Volume>(volume_id, Volume::Mount{instance_id, wallet_id, "c"});
    }
    send<Instance>(instance_id, Instance::Place{{}});
  }
  void renew(const std::string& wallet_id, const std::string& instance_id, const OrderTerms& terms,
             std::uint32_t period_count) {
    send<Wallet>(wallet_id, Wallet::Renew{{"o-" + instance_id, "r" + std::to_string(log_.size()),
                                           instance_id, terms, period_count, 0, ""},
                                          now_s_});
  }
  void started(const std::string& instance_id) {
    send<Instance>(instance_id, Instance::ReportStarted{{}, 0});
  }
  /// The customer switches it off, and it goes off.
  void stop(const std::string& instance_id) {
    send<Instance>(instance_id, Instance::Stop{});
    stopped(instance_id);
  }
  void stopped(const std::string& instance_id) {
    send<Instance>(instance_id, Instance::ReportStopped{});
  }
  void start(const std::string& instance_id) {
    if (!send<Instance>(instance_id, Instance::Start{})) return;
    send<Instance>(instance_id, Instance::Place{{}});
    started(instance_id);
  }
  void remove(const std::string& instance_id) {
    send<Instance>(instance_id, Instance::Delete{});
    stopped(instance_id);
    if (!std::holds_alternative<Volume::Absent>(state<Volume>("v-" + instance_id)))
      send<Volume>("v-" + instance_id, Volume::Unmount{instance_id});
  }

  // What became of it.

  template <class A>
  typename A::State state(const std::string& id) const {
    const auto& states = std::get<States<A>>(states_);
    const auto found = states.find(id);
    return found == states.end() ? typename A::State{} : found->second;
  }
  std::int64_t balance_fen(const std::string& wallet_id) const {
    return std::get<Wallet::Opened>(state<Wallet>(wallet_id)).balance_fen;
  }
  template <class Event>
  std::vector<Event> all() const {
    std::vector<Event> events;
    for (const auto& recorded : log_)
      if (const auto* event = std::get_if<Event>(&recorded.event)) events.push_back(*event);
    return events;
  }
  const std::vector<RecordedEvent>& log() const { return log_; }
  const std::vector<std::string>& refusals() const { return refusals_; }

 private:
  template <class A>
  using States = std::map<std::string, typename A::State>;

  Time time() const { return Time(std::chrono::seconds(now_s_)); }

  void execute(std::vector<OwedCommand> owed) {
    for (auto& command : owed) owed_.push_back(std::move(command));
    if (std::exchange(executing_, true)) return;
    while (!owed_.empty()) {
      const auto next = std::move(owed_.front());
      owed_.pop_front();
      std::visit([&](const auto& to) { send_to(to, next.origin); }, next.command);
    }
    executing_ = false;
  }
  template <class A>
  void send_to(const To<A>& to, const Origin& origin) {
    if constexpr (std::is_same_v<A, Wallet> || std::is_same_v<A, Instance> ||
                  std::is_same_v<A, Volume>)
      send<A>(to.id, to.command, origin);
  }

  template <class A>
  void append(const std::string& id, const typename A::Event& event, const Origin& origin) {
    auto& state = std::get<States<A>>(states_)[id];
    state = A::evolve(std::move(state), event);
    const auto stream = stream_name(A::stream_prefix, id);
    log_.push_back({log_.size() + 1, stream, ++versions_[stream], time(), origin,
                    std::visit([](const auto& e) { return Event{e}; }, event)});
    if (awake_) process_.apply(log_.back());
  }

  std::tuple<States<Wallet>, States<Instance>, States<Volume>, States<ContainerImage>> states_;
  std::map<std::string, Version> versions_;
  std::vector<RecordedEvent> log_;
  std::deque<OwedCommand> owed_;
  std::vector<std::string> refusals_;
  std::int64_t now_s_ = begin_s;
  bool awake_ = true;
  bool executing_ = false;
  BillingProcess process_;
};

}  // namespace orrery
