#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "actors/processes/client_process.hpp"
#include "actors/processes/inference_process.hpp"
#include "actors/processes/instance_process.hpp"
#include "actors/processes/job_process.hpp"
#include "actors/processes/service_process.hpp"
#include "actors/processes/shared_node_process.hpp"
#include "actors/processes/vm_process.hpp"
#include "actors/runtime/command.hpp"

namespace orrery {

/// All rules, placement and the processes in one thread with a log that is a vector: what the actor
/// system does, without actors. Commands are executed one at a time in the order in which they
/// became owed; a test may pick another.
class RuleWorld {
 public:
  RuleWorld();
  ~RuleWorld();
  RuleWorld(RuleWorld&&) noexcept;
  RuleWorld& operator=(RuleWorld&&) noexcept;

  /// A world that begins with the first `count` events of another: after a crash at that point.
  static RuleWorld after_crash(const RuleWorld& other, std::size_t count);

  /// Decides the command. Its events are folded by everybody before this returns.
  template <class A>
  void send(const std::string& id, typename A::Command command,
            const Origin& origin = {"test", 0, "r1"}) {
    send(To<A>{id, std::move(command)}, origin);
  }
  void send(AddressedCommand command, const Origin& origin);

  /// Executes what is owed until nothing is, with a driver that does its work at once.
  /// `pick(count)` says which of the commands on their way is next; those to one aggregate stay in
  /// their order.
  void run(const std::function<std::size_t(std::size_t)>& pick = [](std::size_t) {
    return std::size_t{0};
  });

  /// Executes one of the commands on their way; false where there is none.
  bool run_one(const std::function<std::size_t(std::size_t)>& pick);

  /// Executes one owed command.
  void step(std::size_t index = 0);

  /// The driver's part: every node of ours boots, every placed VM, instance and service starts,
  /// every one that shall stop stops, and is saved before where that is wished; the same of jobs.
  /// False where there was nothing to do.
  bool drive();

  /// Whether the driver boots nodes and starts VMs, instances and services.
  void set_driver(bool boots, bool starts);

  /// The clock goes on: what happens from now on happens then, and services and jobs whose time is
  /// over are to end.
  void pass_time(std::chrono::seconds span);

  /// For every aggregate of the runtime.
  template <class A>
  const std::map<std::string, typename A::State>& all() const;
  template <class A>
  typename A::State state(const std::string& id) const {
    const auto& states = all<A>();
    const auto found = states.find(id);
    return found == states.end() ? typename A::State{} : found->second;
  }
  const std::vector<RecordedEvent>& log() const { return log_; }
  const std::deque<OwedCommand>& owed() const { return owed_; }
  const std::vector<std::string>& refusals() const { return refusals_; }
  /// What happened and what was refused, for the reader of a failed test.
  std::string story() const;
  const VmProcess& vm_process() const;
  const InstanceProcess& instance_process() const;
  const ServiceProcess& service_process() const;
  const ClientProcess& client_process() const;
  const SharedNodeProcess& shared_node_process() const;
  const InferenceProcess& inference_process() const;
  const JobProcess& job_process() const;

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
  struct States;
  struct Machines;

  void drive_vms();
  void drive_instances();
  void drive_services();
  void drive_jobs();
  bool was_placed(const std::string& instance) const;
  template <class A>
  void decide(const To<A>& to, const Origin& origin);
  void fold(const RecordedEvent& recorded);
  void start_machines(std::size_t count);
  void resume();
  void gather();
  std::vector<std::size_t> first_for_each_aggregate() const;

  std::unique_ptr<States> states_;
  std::unique_ptr<Machines> machines_;
  std::map<std::string, Version> versions_;
  std::vector<RecordedEvent> log_;
  std::deque<OwedCommand> owed_;
  std::vector<std::string> refusals_;
  bool boots_ = true;
  bool starts_ = true;
  Time now_{};
};

/// "vm/v1 <- Vm::Create".
std::string command_text(const OwedCommand& owed);
std::string command_text(const std::vector<OwedCommand>& owed);

}  // namespace orrery
