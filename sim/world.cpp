#include "sim/world.hpp"

#include <cstdio>

namespace orrery {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds rest_step{500};
constexpr seconds rest_span_max{300};
/// What follows the end of the last operation: leases come back, machines boot.
constexpr seconds rest_span_after{30};

/// Small limits, so that a small world meets them.
LifeConfiguration draw_life(SeededRandom& random, std::uint64_t seed) {
  LifeConfiguration life;
  life.driver.start = StepDelay::exponential(milliseconds(200), seconds(4));
  life.driver.reboot = StepDelay::uniform(milliseconds(50), seconds(3));
  life.driver.stop = StepDelay::uniform(milliseconds(100), seconds(3));
  life.driver.build = StepDelay::uniform(milliseconds(50), seconds(3));
  life.driver.load = StepDelay::exponential(milliseconds(100), seconds(3));
  life.driver.boot = StepDelay::uniform(milliseconds(50), seconds(2));
  life.driver.repair = StepDelay::uniform(milliseconds(50), seconds(3));
  life.driver.verification = StepDelay::uniform(milliseconds(50), seconds(2));
  life.driver.verification_failures_permille = 300;
  life.driver.seed = seed;
  life.registry.residents_max = random.between(1, 12);
  life.registry.idle_ticks = static_cast<std::uint32_t>(random.between(1, 8));
  life.tail.snapshot_interval = random.between(10, 200);
  life.tail.in_flight_max = random.between(1, 16);
  life.clusters.appends_in_flight_max = random.between(1, 16);
  return life;
}

std::string to_hex(const ChainHash& hash) {
  std::string hex;
  for (const auto byte : hash) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", byte);
    hex += digits;
  }
  return hex;
}

}  // namespace

World::World(std::uint64_t seed, std::uint64_t step_count)
    : seed_(seed),
      step_count_(step_count),
      random_(seed),
      workload_(random_),
      instance_workload_(workload_.places()),
      service_workload_(workload_.cluster_names()),
      job_workload_(workload_.cluster_names().front(),
                    workload_.node_ids_of(workload_.cluster_names().front())),
      life_configuration_(draw_life(random_, seed)) {}

WorldReport World::run() {
  begin_life();
  for (auto& command : workload_.fleet()) clients_.want(std::move(command));
  for (auto& command : instance_workload_.customers()) clients_.want(std::move(command));
  for (auto& command : job_workload_.center()) clients_.want(std::move(command));
  come_to_rest();
  for (std::uint64_t i = 0; i < step_count_; ++i) step();
  mend_everything();
  come_to_rest();
  // Who waits in a queue ends when others make room.
  const bool somebody_waits = (operations_end_.open_count() != 0 && workload_.has_queues()) ||
                              instances_settle_.queued_count() != 0 ||
                              services_settle_.queued_count() != 0;
  if (random_.chance(500) || somebody_waits) delete_everything();
  life_->stop(random_);
  compare_with_log();
  for (auto* checker : checkers()) checker->at_rest();
  life_.reset();
  return report();
}

void World::step() {
  const auto drawn = random_.below(1000);
  if (drawn < 700) {
    for (auto count = random_.between(1, 24); count > 0 && life_->run_one(random_); --count)
      ++message_count_;
  } else if (drawn < 850) {
    pass_time(draw_span());
  } else if (drawn < 960) {
    want_something();
  } else {
    break_something();
  }
  if (steps_to_crash_ > 0 && --steps_to_crash_ == 0) crash();
}

std::chrono::microseconds World::draw_span() {
  if (random_.chance(10)) return std::chrono::hours(random_.between(1, 400));
  if (random_.chance(50)) return std::chrono::minutes(random_.between(1, 200));
  return milliseconds(random_.between(1, 2'000));
}

void World::want_something() {
  const auto drawn = random_.below(100);
  if (random_.chance(250)) {
    clients_.want(sharing_workload_.want(random_));
  } else if (random_.chance(300)) {
    want_something_of_jobs(drawn);
  } else if (random_.chance(400)) {
    want_something_of_vms(drawn);
  } else if (random_.chance(600)) {
    want_something_of_instances(drawn);
  } else {
    want_something_of_services(drawn);
  }
  clients_.submit_one(life_->gateway(), random_);
}

void World::want_something_of_vms(std::size_t drawn) {
  if (drawn < 30) clients_.want(workload_.create_vm(random_));
  if (drawn >= 30 && drawn < 45) clients_.want(workload_.delete_vm(random_));
  if (drawn >= 45 && drawn < 50) clients_.want(workload_.cordon_or_uncordon(random_));
  if (drawn >= 50 && drawn < 85) clients_.want(workload_.change_vm(random_));
  if (drawn >= 97) clients_.want(workload_.set_faults(random_));
}

void World::want_something_of_instances(std::size_t drawn) {
  if (drawn < 35) clients_.want(instance_workload_.order(random_, clock_.now()));
  if (drawn >= 35 && drawn < 85) clients_.want(instance_workload_.want(random_, clock_.now()));
}

void World::want_something_of_services(std::size_t drawn) {
  if (drawn < 50) clients_.want(service_workload_.create(random_));
  if (drawn >= 50 && drawn < 85) clients_.want(service_workload_.stop(random_));
}

void World::want_something_of_jobs(std::size_t drawn) {
  if (drawn < 50) clients_.want(job_workload_.submit(random_));
  if (drawn >= 50 && drawn < 90) clients_.want(job_workload_.want(random_));
  if (drawn >= 90) clients_.want(job_workload_.administer(random_));
}

void World::break_something() {
  if (random_.chance(600)) return break_machine();
  break_disk();
}

void World::break_machine() {
  const auto& node = workload_.nodes()[random_.below(workload_.nodes().size())];
  const auto gpu = static_cast<std::uint32_t>(random_.below(node.gpu_count));
  const auto& driver = life_->driver();
  switch (random_.below(11)) {
    case 0:
      return caf::anon_send(driver, LoseNode{node.id, "lost by chance"});
    case 8:
      return caf::anon_send(driver, CutOffNode{node.id, milliseconds(random_.between(1, 4'000))});
    case 9:
      return caf::anon_send(driver, ReconnectNode{node.id});
    case 10:
      return caf::anon_send(driver, SlowNextStart{node.id, seconds(random_.between(1, 20))});
    case 1:
    case 2:
      return caf::anon_send(driver, RestoreNode{node.id});
    case 3:
      return caf::anon_send(driver, FaultGpu{node.id, gpu, "faulty by chance"});
    case 4:
      return caf::anon_send(driver, RepairGpu{node.id, gpu});
    case 5:
      return end_a_service();
    case 6:
      return end_a_job();
    default:
      return fail_a_start();
  }
}

void World::fail_a_start() {
  std::string id;
  const auto draw = [&](std::size_t count, const auto& id_of) {
    if (count > 0) id = id_of(random_.below(count));
  };
  if (const auto drawn = random_.below(6); drawn < 2)
    draw(workload_.vm_count(), Workload::vm_id);
  else if (drawn < 4)
    draw(instance_workload_.instance_count(), InstanceWorkload::instance_id);
  else if (drawn < 5)
    draw(service_workload_.service_count(), ServiceWorkload::service_id);
  else
    draw(job_workload_.job_count(),
         [](std::size_t index) { return "job/" + JobWorkload::job_id(index); });
  if (id.empty()) return;
  caf::anon_send(life_->driver(), FailStart{std::move(id), "driver_error", "It did not boot."});
}

/// With an exit code, by a signal, or nobody knows how.
void World::end_a_service() {
  if (service_workload_.service_count() == 0) return;
  ServiceExit exit{
      ServiceWorkload::service_id(random_.below(service_workload_.service_count())), {}, {}};
  if (random_.chance(400))
    exit.exit_code = static_cast<std::uint32_t>(random_.below(3));
  else if (random_.chance(700))
    exit.signal = 9;
  caf::anon_send(life_->driver(), std::move(exit));
}

/// With an exit code or by a signal.
void World::end_a_job() {
  if (job_workload_.job_count() == 0) return;
  JobExit exit{JobWorkload::job_id(random_.below(job_workload_.job_count())), {}, {}};
  if (random_.chance(700))
    exit.exit_code = static_cast<std::uint32_t>(random_.below(3));
  else
    exit.signal = 9;
  caf::anon_send(life_->driver(), std::move(exit));
}

void World::break_disk() {
  switch (random_.below(6)) {
    case 0:
      return crash();
    case 1:
      fate_ = CommitFate::disk_full;
      return;
    case 2:
      return life_->stall_log(true);
    case 3:
      fate_ = random_.chance(500) ? CommitFate::fails_before_write : CommitFate::fails_after_write;
      steps_to_crash_ = random_.between(1, 40);
      return;
    default:
      if (fate_ == CommitFate::disk_full) fate_ = CommitFate::succeeds;
      return life_->stall_log(false);
  }
}

void World::pass_time(microseconds span) {
  clock_.advance(span);
  life_->advance(span);
}

/// Everything in memory is gone. What was committed is there, and what was written but never
/// acknowledged may be; unsynced snapshots survive by chance.
void World::crash() {
  ++crash_count_;
  clients_.disconnect();
  compare_with_log();
  if (random_.chance(300)) life_->views().views.save_snapshots(*log_);
  fate_ = CommitFate::fails_before_write;
  life_.reset();
  log_ = log_->restarted(random_.chance(500));
  acknowledged_is_durable_.begin_again();
  (void)log_->read(1, fed_, [&](const StoredEvent& stored) {
    acknowledged_is_durable_.apply(record(stored));
    return true;
  });
  begin_life();
}

void World::begin_life() {
  fate_ = CommitFate::succeeds;
  steps_to_crash_ = 0;
  log_->set_fate([this] { return fate_; });
  life_ = std::make_unique<Life>(*log_, clock_, life_configuration_);
}

void World::mend_everything() {
  life_->stall_log(false);
  fate_ = CommitFate::succeeds;
  steps_to_crash_ = 0;
  if (!log_->writable()) crash();
  end_faults();
  for (const auto& node : workload_.nodes()) {
    caf::anon_send(life_->driver(), ReconnectNode{node.id});
    caf::anon_send(life_->driver(), RestoreNode{node.id});
    for (std::uint32_t gpu = 0; gpu < node.gpu_count; ++gpu)
      caf::anon_send(life_->driver(), RepairGpu{node.id, gpu});
    clients_.want(To<Node>{node.id, Node::Uncordon{}});
  }
}

void World::end_faults() {
  clients_.want(workload_.end_faults());
  for (auto left = rest_span_max; left.count() > 0 && !clients_.all_answered();
       left -= std::chrono::duration_cast<seconds>(2 * rest_step)) {
    clients_.submit_waiting(life_->gateway());
    while (life_->run_one(random_)) ++message_count_;
    pass_time(2 * rest_step);
  }
  while (life_->run_one(random_)) ++message_count_;
}

void World::come_to_rest() {
  auto left = std::chrono::duration_cast<milliseconds>(rest_span_max);
  bool ended = false;
  jobs_settle_.await_rest();
  while (left.count() > 0) {
    clients_.submit_waiting(life_->gateway());
    while (life_->run_one(random_)) ++message_count_;
    feed_checkers();
    // Whoever asked a model has gone away by now.
    if (clients_.all_answered())
      for (auto& id : inferences_end_.waiting())
        clients_.want(SharingWorkload::give_up(std::move(id)));
    if (!ended && has_ended()) {
      ended = true;
      jobs_settle_.found_rest();
      left = rest_span_after;
    }
    pass_time(rest_step);
    left -= rest_step;
  }
}

bool World::has_ended() const {
  return clients_.all_answered() && operations_end_.open_count() == 0 &&
         instances_settle_.moving_count() == 0 && services_settle_.moving_count() == 0 &&
         jobs_settle_.moving_count() == 0 && names_unique_.waiting_count() == 0 &&
         gpus_heal_.broken_count() == 0;
}

void World::delete_everything() {
  for (std::size_t vm = 0; vm < workload_.vm_count(); ++vm) clients_.want(workload_.delete_vm(vm));
  for (std::size_t i = 0; i < instance_workload_.instance_count(); ++i)
    clients_.want(instance_workload_.delete_instance(i));
  for (auto& command : service_workload_.stop_all()) clients_.want(std::move(command));
  for (auto& command : job_workload_.stop_all()) clients_.want(std::move(command));
  come_to_rest();
}

void World::feed_checkers() {
  const auto head = log_->head();
  const auto all = checkers();
  (void)log_->read(fed_ + 1, head, [&](const StoredEvent& stored) {
    const auto recorded = record(stored);
    for (auto* checker : all) checker->apply(recorded);
    return true;
  });
  fed_ = head;
}

void World::compare_with_log() {
  feed_checkers();
  replay_equals_live_.compare(*log_);
  views_equal_replay_.compare(life_->views().all());
  wallet_balances_.compare(life_->views().wallets);
}

std::vector<Checker*> World::checkers() {
  return {&one_lease_per_gpu_,
          &operations_end_,
          &causes_lead_back_,
          &leases_released_,
          &no_lease_without_owner_,
          &instances_settle_,
          &services_settle_,
          &jobs_settle_,
          &names_unique_,
          &offers_have_nodes_,
          &inferences_end_,
          &gpus_conserved_,
          &gpus_heal_,
          &cordons_owned_,
          &nodes_not_overfull_,
          &gangs_whole_,
          &addresses_unique_,
          &holdings_of_the_living_,
          &charged_seconds_,
          &wallet_balances_,
          &orders_end_,
          &acknowledged_is_durable_,
          &acknowledged_is_visible_,
          &replay_equals_live_,
          &views_equal_replay_};
}

WorldReport World::report() {
  WorldReport report{seed_,
                     log_->head(),
                     operations_end_.ended_count(),
                     acknowledged_is_durable_.acknowledged_count(),
                     crash_count_,
                     message_count_,
                     to_hex(log_->chain_hash()),
                     {}};
  for (auto* checker : checkers())
    report.violations.insert(report.violations.end(), checker->violations().begin(),
                             checker->violations().end());
  return report;
}

}  // namespace orrery
