#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/core/demangle.hpp>

#include "actors/placement/placement.hpp"
#include "actors/processes/billing_process.hpp"
#include "actors/processes/instance_process.hpp"
#include "actors/processes/node_process.hpp"
#include "actors/processes/resource_process.hpp"
#include "actors/processes/vm_process.hpp"
#include "events/stream_name.hpp"

namespace orrery {

/// All rules, placement and the processes in one thread with a log that is a vector: what the actor
/// system does, without actors. Commands are executed one at a time in the order in which they
/// became owed; a test may pick another.
class RuleWorld {
 public:
  RuleWorld() { resume(); }

  /// A world that begins with the first `count` events of another: after a crash at that point.
  static RuleWorld after_crash(const RuleWorld& other, std::size_t count) {
    RuleWorld world;
    for (std::size_t i = 0; i < count; ++i) world.fold(other.log_[i]);
    world.start_machines(world.log_.size());
    world.resume();
    return world;
  }

  /// Decides the command. Its events are folded by everybody before this returns.
  template <class A>
  void send(const std::string& id, typename A::Command command,
            const Origin& origin = {"test", 0, "r1"}) {
    auto& state = std::get<States<A>>(states_)[id];
    const auto decision = A::decide(state, command);
    if (!decision) {
      const RefusedCommand refused = Rejected<A>{id, std::move(command), decision.error()};
      for_each_machine([&](auto& machine) {
        if (machine.name.starts_with(origin.actor)) machine.refused(refused);
      });
      refusals_.push_back(boost::describe::enum_to_string(decision.error(), "?"));
    } else {
      for (const auto& event : *decision) append<A>(id, event, origin);
      if (origin.actor == resource_process_.name)
        resource_process_.accepted(To<A>{id, std::move(command)});
    }
    gather();
  }

  /// Executes what is owed until nothing is, with a driver that does its work at once.
  /// `pick(count)` says which of the commands on their way is next; those to one aggregate stay in
  /// their order.
  void run(const std::function<std::size_t(std::size_t)>& pick = [](std::size_t) {
    return std::size_t{0};
  }) {
    do {
      while (run_one(pick)) {
      }
    } while (drive());
  }

  /// Executes one of the commands on their way; false where there is none.
  bool run_one(const std::function<std::size_t(std::size_t)>& pick) {
    if (owed_.empty()) return false;
    const auto heads = first_for_each_aggregate();
    step(heads[pick(heads.size())]);
    return true;
  }

  /// Executes one owed command.
  void step(std::size_t index = 0) {
    const auto owed = std::move(owed_[index]);
    owed_.erase(owed_.begin() + static_cast<std::ptrdiff_t>(index));
    std::visit([&](const auto& to) { send_to(to, owed.origin); }, owed.command);
  }

  /// The driver's part: every node boots, every placed VM and instance starts, every one that shall
  /// stop stops, and is saved before where that is wished.
  /// False where there was nothing to do.
  bool drive() {
    const auto before = log_.size();
    const auto nodes = std::get<States<Node>>(states_);
    for (const auto& [id, node] : nodes)
      if (const auto* known = std::get_if<Node::Registered>(&node);
          known && !known->ready && boots_)
        send<Node>(id, Node::ReportReady{});
    const auto vms = std::get<States<Vm>>(states_);
    for (const auto& [id, vm] : vms) {
      if (const auto* placed = std::get_if<Vm::Placed>(&vm); placed && starts_)
        send<Vm>(id, Vm::ReportStarted{placed->placement.private_ipv4,
                                       placed->placement.public_ipv4, placed->placement.fence});
      if (const auto* resetting = std::get_if<Vm::Resetting>(&vm))
        send<Vm>(id, Vm::ReportReset{resetting->vm.reset_count});
      if (const auto* stopping = std::get_if<Vm::Stopping>(&vm))
        send<Vm>(id, Vm::ReportStopped{stopping->placement.fence});
      if (const auto* deleting = std::get_if<Vm::Deleting>(&vm))
        send<Vm>(id, Vm::ReportStopped{deleting->fence});
    }
    drive_instances();
    return log_.size() != before || !owed_.empty();
  }

  void drive_instances() {
    const auto instances = std::get<States<Instance>>(states_);
    for (const auto& [id, instance] : instances) {
      if (const auto* placed = std::get_if<Instance::Placed>(&instance); placed && starts_)
        send<Instance>(id,
                       Instance::ReportStarted{{"172.31.0.1", 30'001}, placed->placement.fence});
      if (const auto* stopping = std::get_if<Instance::Stopping>(&instance)) {
        if (stopping->stop.snapshot)
          send<Instance>(id, Instance::ReportSnapshot{{*stopping->stop.snapshot, 3'000'000'000},
                                                      stopping->placement.fence});
        send<Instance>(id, Instance::ReportStopped{stopping->placement.fence});
      }
      // Of one that was never placed no driver knows.
      if (const auto* deleting = std::get_if<Instance::Deleting>(&instance);
          deleting && deleting->fence != 0)
        send<Instance>(id, Instance::ReportStopped{deleting->fence});
    }
  }

  /// Whether the driver boots nodes and starts VMs and instances.
  void set_driver(bool boots, bool starts) {
    boots_ = boots;
    starts_ = starts;
  }

  template <class A>
  typename A::State state(const std::string& id) const {
    const auto& states = std::get<States<A>>(states_);
    const auto found = states.find(id);
    return found == states.end() ? typename A::State{} : found->second;
  }
  template <class A>
  const std::map<std::string, typename A::State>& all() const {
    return std::get<States<A>>(states_);
  }
  const std::vector<RecordedEvent>& log() const { return log_; }
  const std::deque<OwedCommand>& owed() const { return owed_; }
  const std::vector<std::string>& refusals() const { return refusals_; }
  /// What happened and what was refused, for the reader of a failed test.
  std::string story() const {
    std::string text;
    for (const auto& recorded : log_) {
      text.append(recorded.stream).append(" ").append(name_of(recorded.event));
      if (const auto* started = std::get_if<OperationStarted>(&recorded.event))
        text.append(" ").append(goal_name(started->goal)).append(" ").append(started->target_id);
      text.append("\n");
    }
    for (const auto& refusal : refusals_) text.append("refused: ").append(refusal).append("\n");
    return text;
  }
  const VmProcess& vm_process() const { return vm_process_; }
  const InstanceProcess& instance_process() const { return instance_process_; }

  /// What a machine owes that folded the first `count` events, having gone through a snapshot after
  /// `saved` of them.
  template <class M>
  std::vector<OwedCommand> owed_by(std::size_t count, std::size_t saved) const {
    M machine;
    for (std::size_t i = 0; i < saved; ++i) machine.apply(log_[i]);
    std::string snapshot;
    machine.save(snapshot);
    M restored;
    restored.load(snapshot);
    for (std::size_t i = saved; i < count; ++i) restored.apply(log_[i]);
    return restored.resume();
  }

 private:
  template <class A>
  using States = std::map<std::string, typename A::State>;
  template <class... A>
  static std::tuple<States<A>...> states_of(boost::mp11::mp_list<A...>);

  static std::string goal_name(const OperationGoal& goal) {
    return std::visit([](const auto& g) { return boost::core::demangle(typeid(g).name()); }, goal);
  }

  template <class F>
  void for_each_machine(F f) {
    f(node_process_);
    f(placement_);
    f(vm_process_);
    f(resource_process_);
    f(instance_process_);
    f(billing_process_);
  }

  template <class A>
  void append(const std::string& id, const typename A::Event& event, const Origin& origin) {
    const auto stream = stream_name(A::stream_prefix, id);
    fold({log_.size() + 1, stream, ++versions_[stream], Time{}, origin,
          std::visit([](const auto& e) { return Event{e}; }, event)});
    for_each_machine([&](auto& machine) { machine.apply(log_.back()); });
  }

  /// Into the log and the aggregate it belongs to.
  void fold(const RecordedEvent& recorded) {
    log_.push_back(recorded);
    boost::mp11::mp_for_each<boost::mp11::mp_transform<boost::mp11::mp_identity, Aggregates>>(
        [&](auto identity) {
          using A = typename decltype(identity)::type;
          if (stream_aggregate(recorded.stream) != A::stream_prefix) return;
          auto& state = std::get<States<A>>(states_)[std::string(stream_id(recorded.stream))];
          std::visit(
              [&](const auto& event) {
                if constexpr (std::is_constructible_v<typename A::Event, decltype(event)>)
                  state = A::evolve(std::move(state), event);
              },
              recorded.event);
        });
  }

  void start_machines(std::size_t count) {
    node_process_ = {};
    placement_ = {};
    vm_process_ = {};
    resource_process_ = {};
    instance_process_ = {};
    billing_process_ = {};
    for (std::size_t i = 0; i < count; ++i)
      for_each_machine([&](auto& machine) { machine.apply(log_[i]); });
  }

  void resume() {
    owed_.clear();
    for_each_machine([&](auto& machine) {
      for (auto& owed : machine.resume()) owed_.push_back(std::move(owed));
    });
  }

  void gather() {
    for_each_machine([&](auto& machine) {
      for (auto& owed : machine.due()) owed_.push_back(std::move(owed));
    });
  }

  std::vector<std::size_t> first_for_each_aggregate() const {
    std::vector<std::size_t> heads;
    std::set<std::string> seen;
    for (std::size_t i = 0; i < owed_.size(); ++i)
      if (seen.insert(target(owed_[i])).second) heads.push_back(i);
    return heads;
  }

  static std::string target(const OwedCommand& owed) {
    return std::visit([]<class A>(const To<A>& to) { return stream_name(A::stream_prefix, to.id); },
                      owed.command);
  }

  template <class A>
  void send_to(const To<A>& to, const Origin& origin) {
    send<A>(to.id, to.command, origin);
  }

  decltype(states_of(Aggregates{})) states_;
  std::map<std::string, Version> versions_;
  std::vector<RecordedEvent> log_;
  std::deque<OwedCommand> owed_;
  std::vector<std::string> refusals_;
  bool boots_ = true;
  bool starts_ = true;
  NodeProcess node_process_;
  Placement placement_;
  VmProcess vm_process_;
  ResourceProcess resource_process_;
  InstanceProcess instance_process_;
  BillingProcess billing_process_;
};

/// "vm/v1 <- Vm::Create".
inline std::string command_text(const OwedCommand& owed) {
  return std::visit(
      [&]<class A>(const To<A>& to) {
        auto type = std::visit(
            [](const auto& command) { return boost::core::demangle(typeid(command).name()); },
            to.command);
        return stream_name(A::stream_prefix, to.id) + " <- " + type.substr(type.find("::") + 2);
      },
      owed.command);
}

inline std::string command_text(const std::vector<OwedCommand>& owed) {
  std::string text;
  for (const auto& command : owed) text.append(command_text(command)).append("\n");
  return text;
}

}  // namespace orrery
