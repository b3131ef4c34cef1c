#include "sim/life.hpp"

#include <utility>

#include "drivers/driver_actor.hpp"

namespace orrery {
namespace {

std::unique_ptr<caf::actor_system> make_system(caf::actor_system_config& configuration) {
  auto system = std::make_unique<caf::actor_system>(configuration);
  // Nobody would run the actors that it waits for.
  system->await_actors_before_shutdown(false);
  return system;
}

ControlPlaneConfiguration on_one_thread(MemoryEventLog& log, const Clock& clock, LiveViews& views,
                                        const LifeConfiguration& life) {
  ControlPlaneConfiguration configuration;
  configuration.log = &log;
  configuration.clock = &clock;
  configuration.listeners = {&views.views};
  configuration.log_thread_of_its_own = false;
  configuration.registry = life.registry;
  configuration.tail = life.tail;
  configuration.tick_interval = life.tick_interval;
  return configuration;
}

}  // namespace

Life::Configuration::Configuration() { set("scheduler.policy", caf::atom("testing")); }

Life::Life(MemoryEventLog& log, const Clock& clock, const LifeConfiguration& configuration)
    : views_(log),
      system_(make_system(configuration_)),
      scheduler_(dynamic_cast<caf::scheduler::test_coordinator&>(system_->scheduler())),
      control_plane_(*system_, on_one_thread(log, clock, views_, configuration)),
      gateway_(*system_, control_plane_.bus()),
      driver_(spawn_simulated_driver(*system_, control_plane_.bus(), configuration.driver, &clock)),
      duties_(spawn_driver_duties(*system_, control_plane_.log_access(),
                                  configuration.plays_all_nodes
                                      ? DriverActors{driver_, driver_, driver_}
                                      : DriverActors{driver_, {}, {}},
                                  configuration.tail)),
      clusters_(spawn_simulated_clusters(*system_, control_plane_.log_access(),
                                         control_plane_.bus(), driver_, configuration.clusters,
                                         configuration.tail)) {}

Life::~Life() {
  control_plane_.abandon();
  caf::anon_send_exit(duties_, caf::exit_reason::kill);
  caf::anon_send_exit(clusters_, caf::exit_reason::kill);
  caf::anon_send_exit(driver_, caf::exit_reason::kill);
  while (scheduler_.try_run_once()) continue;
}

bool Life::run_one(SeededRandom& random) {
  auto& jobs = scheduler_.jobs;
  if (jobs.empty()) return false;
  auto drawn = random.below(jobs.size());
  if (log_is_stalled_) {
    auto* log = caf::actor_cast<caf::abstract_actor*>(control_plane_.log());
    const auto is_log = [&](caf::resumable* job) {
      return dynamic_cast<caf::abstract_actor*>(job) == log;
    };
    if (is_log(jobs[drawn])) drawn = (drawn + 1) % jobs.size();
    if (is_log(jobs[drawn])) return false;
  }
  std::swap(jobs.front(), jobs[drawn]);
  scheduler_.run_once();
  return true;
}

void Life::run_all(SeededRandom& random) {
  while (run_one(random)) continue;
}

void Life::advance(std::chrono::microseconds span) { scheduler_.advance_time(span); }

void Life::stop(SeededRandom& random) {
  run_all(random);
  for (const auto& tail : control_plane_.tails())
    caf::anon_send_exit(tail, caf::exit_reason::user_shutdown);
  for (const auto& actor : {duties_, clusters_})
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  run_all(random);
}

}  // namespace orrery
