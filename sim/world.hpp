#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sim/checkers/acknowledged_is_durable.hpp"
#include "sim/checkers/acknowledged_is_visible.hpp"
#include "sim/checkers/addresses_unique.hpp"
#include "sim/checkers/causes_lead_back.hpp"
#include "sim/checkers/charged_seconds.hpp"
#include "sim/checkers/cordons_owned.hpp"
#include "sim/checkers/gangs_whole.hpp"
#include "sim/checkers/gpus_conserved.hpp"
#include "sim/checkers/gpus_heal.hpp"
#include "sim/checkers/holdings_of_the_living.hpp"
#include "sim/checkers/inferences_end.hpp"
#include "sim/checkers/instances_settle.hpp"
#include "sim/checkers/jobs_settle.hpp"
#include "sim/checkers/leases_released.hpp"
#include "sim/checkers/names_unique.hpp"
#include "sim/checkers/no_lease_without_owner.hpp"
#include "sim/checkers/nodes_not_overfull.hpp"
#include "sim/checkers/offers_have_nodes.hpp"
#include "sim/checkers/one_lease_per_gpu.hpp"
#include "sim/checkers/operations_end.hpp"
#include "sim/checkers/orders_end.hpp"
#include "sim/checkers/replay_equals_live.hpp"
#include "sim/checkers/services_settle.hpp"
#include "sim/checkers/views_equal_replay.hpp"
#include "sim/checkers/wallet_balances.hpp"
#include "sim/clients.hpp"
#include "sim/instance_workload.hpp"
#include "sim/job_workload.hpp"
#include "sim/life.hpp"
#include "sim/seeded_random.hpp"
#include "sim/service_workload.hpp"
#include "sim/sharing_workload.hpp"
#include "sim/virtual_clock.hpp"
#include "sim/workload.hpp"

namespace orrery {

/// What became of a world.
struct WorldReport {
  std::uint64_t seed = 0;
  Position event_count = 0;
  std::size_t operation_count = 0;
  std::size_t acknowledged_count = 0;
  std::size_t crash_count = 0;
  std::uint64_t message_count = 0;
  /// Of the last commit, in hex: the same seed and steps end in the same.
  std::string hash;
  std::vector<Violation> violations;
};

/// The deterministic world: the whole control plane with its clients, machines, disk and clock on
/// one thread, where everything that happens is drawn from one seed: who runs next, how long time
/// stands still, what breaks. A crash drops all actors and builds them anew from what the memory
/// log says is durable.
class World {
 public:
  World(std::uint64_t seed, std::uint64_t step_count);

  /// The history so far.
  const EventLog& log() const { return *log_; }

  /// Runs the steps, mends everything, waits for rest, and checks. Once.
  WorldReport run();

 private:
  void step();
  void break_something();
  void break_machine();
  void fail_a_start();
  void end_a_service();
  void end_a_job();
  void break_disk();
  void want_something();
  void want_something_of_vms(std::size_t drawn);
  void want_something_of_instances(std::size_t drawn);
  void want_something_of_services(std::size_t drawn);
  void want_something_of_jobs(std::size_t drawn);
  /// A moment, or now and then hours or days.
  std::chrono::microseconds draw_span();
  void pass_time(std::chrono::microseconds span);

  void crash();
  void mend_everything();
  /// Nothing breaks by itself any more.
  void end_faults();
  /// Lets time pass until everything asked for has ended, up to a limit of virtual time.
  void come_to_rest();
  bool has_ended() const;
  void delete_everything();

  void begin_life();
  void feed_checkers();
  /// The live views, the state of the tailers: is all of it what the log says?
  void compare_with_log();
  std::vector<Checker*> checkers();
  WorldReport report();

  std::uint64_t seed_;
  std::uint64_t step_count_;
  SeededRandom random_;
  VirtualClock clock_;
  Workload workload_;
  InstanceWorkload instance_workload_;
  ServiceWorkload service_workload_;
  JobWorkload job_workload_;
  SharingWorkload sharing_workload_;
  std::unique_ptr<MemoryEventLog> log_ = std::make_unique<MemoryEventLog>();
  std::unique_ptr<Life> life_;

  OneLeasePerGpu one_lease_per_gpu_;
  OperationsEnd operations_end_;
  CausesLeadBack causes_lead_back_;
  InstancesSettle instances_settle_;
  ServicesSettle services_settle_;
  JobsSettle jobs_settle_;
  NamesUnique names_unique_;
  OffersHaveNodes offers_have_nodes_;
  InferencesEnd inferences_end_;
  LeasesReleased leases_released_;
  NoLeaseWithoutOwner no_lease_without_owner_;
  GpusConserved gpus_conserved_;
  GpusHeal gpus_heal_;
  CordonsOwned cordons_owned_;
  NodesNotOverfull nodes_not_overfull_;
  GangsWhole gangs_whole_;
  AddressesUnique addresses_unique_;
  HoldingsOfTheLiving holdings_of_the_living_;
  ChargedSeconds charged_seconds_;
  WalletBalances wallet_balances_;
  OrdersEnd orders_end_;
  AcknowledgedIsDurable acknowledged_is_durable_;
  AcknowledgedIsVisible acknowledged_is_visible_;
  ReplayEqualsLive replay_equals_live_;
  ViewsEqualReplay views_equal_replay_;
  Position fed_ = 0;

  Clients clients_{[this](const std::string& stream, Version version, Position position) {
    acknowledged_is_durable_.acknowledged(stream, version, position);
    acknowledged_is_visible_.acknowledged(stream, position, life_->views().views.applied());
  }};
  LifeConfiguration life_configuration_;
  CommitFate fate_ = CommitFate::succeeds;
  /// Steps until the process dies of a log that takes no writes.
  std::size_t steps_to_crash_ = 0;
  std::size_t crash_count_ = 0;
  std::uint64_t message_count_ = 0;
};

}  // namespace orrery
