#include "actors/runtime/control_plane.hpp"

#include <array>
#include <utility>

#include "actors/batch/batch_scheduler.hpp"
#include "actors/placement/placement.hpp"
#include "actors/processes/billing_process.hpp"
#include "actors/processes/client_process.hpp"
#include "actors/processes/gpu_repair_process.hpp"
#include "actors/processes/inference_process.hpp"
#include "actors/processes/instance_process.hpp"
#include "actors/processes/job_process.hpp"
#include "actors/processes/node_process.hpp"
#include "actors/processes/resource_process.hpp"
#include "actors/processes/service_process.hpp"
#include "actors/processes/shared_node_process.hpp"
#include "actors/processes/vm_process.hpp"
#include "actors/runtime/clock_actor.hpp"
#include "storage/event_log_actor.hpp"

namespace orrery {
namespace {

template <class... A>
CommandBus spawn_registries(caf::actor_system& system, const LogAccess& log,
                            const RegistryConfiguration& configuration,
                            boost::mp11::mp_list<A...>) {
  return CommandBus({spawn_registry<A>(system, log, configuration)...});
}

void end_and_wait(caf::scoped_actor& self, const std::vector<caf::actor>& actors) {
  for (const auto& actor : actors) {
    self->monitor(actor);
    self->send_exit(actor, caf::exit_reason::user_shutdown);
  }
  for (std::size_t gone = 0; gone < actors.size(); ++gone)
    self->receive([](const caf::down_msg&) {});
}

}  // namespace

ControlPlane::ControlPlane(caf::actor_system& system, ControlPlaneConfiguration configuration)
    : system_(system),
      configuration_(std::move(configuration)),
      log_{configuration_.log,
           spawn_event_log(system,
                           {configuration_.log, configuration_.clock, configuration_.listeners},
                           configuration_.log_thread_of_its_own)},
      bus_(spawn_registries(system, log_, configuration_.registry, Aggregates{})),
      tails_{spawn_commanding_tail<Placement>(system, log_, bus_, configuration_.tail),
             spawn_commanding_tail<VmProcess>(system, log_, bus_, configuration_.tail),
             spawn_commanding_tail<NodeProcess>(system, log_, bus_, configuration_.tail),
             spawn_commanding_tail<ResourceProcess>(system, log_, bus_, configuration_.tail),
             spawn_commanding_tail<InstanceProcess>(system, log_, bus_, configuration_.tail),
             spawn_commanding_tail<BillingProcess>(system, log_, bus_, configuration_.tail),
             spawn_commanding_tail<ServiceProcess>(system, log_, bus_, configuration_.tail),
             spawn_commanding_tail<ClientProcess>(system, log_, bus_, configuration_.tail),
             spawn_commanding_tail<SharedNodeProcess>(system, log_, bus_, configuration_.tail),
             spawn_commanding_tail<InferenceProcess>(system, log_, bus_, configuration_.tail),
             spawn_commanding_tail<JobProcess>(system, log_, bus_, configuration_.tail),
             spawn_commanding_tail<GpuRepairProcess>(system, log_, bus_, configuration_.tail),
             spawn_commanding_tail<BatchScheduler>(system, log_, bus_, configuration_.tail)} {
  auto listeners = tails_;
  const auto& registries = bus_.registries();
  listeners.insert(listeners.end(), registries.begin(), registries.end());
  clock_ = spawn_clock(system, {configuration_.tick_interval, std::move(listeners)});
}

ControlPlane::~ControlPlane() { abandon(); }

bool ControlPlane::await_ready(std::chrono::milliseconds timeout) const {
  caf::scoped_actor self(system_);
  bool ready = true;
  for (const auto& tail : tails_)
    self->request(tail, timeout, AskApplied{})
        .receive([](Position) {}, [&](const caf::error&) { ready = false; });
  return ready;
}

void ControlPlane::stop() {
  if (std::exchange(stopped_, true)) return;
  caf::scoped_actor self(system_);
  end_and_wait(self, {clock_});
  end_and_wait(self, tails_);
  const auto& registries = bus_.registries();
  end_and_wait(self, {registries.begin(), registries.end()});
  end_and_wait(self, {log_.actor});
}

void ControlPlane::abandon() {
  if (std::exchange(stopped_, true)) return;
  // Killed tailers save nothing; registries and the log answer those who wait for them.
  caf::anon_send_exit(clock_, caf::exit_reason::kill);
  for (const auto& tail : tails_) caf::anon_send_exit(tail, caf::exit_reason::kill);
  for (const auto& registry : bus_.registries())
    caf::anon_send_exit(registry, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(log_.actor, caf::exit_reason::user_shutdown);
}

void configure_actors(caf::actor_system_config& configuration) {
  configuration.set("scheduler.policy", caf::atom("sharing"));
}

}  // namespace orrery
