#include "actors/runtime/tail_actor.hpp"

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
#include "actors/runtime/command_sender.hpp"
#include "actors/runtime/tail_shell.hpp"

namespace orrery {

namespace {

/// What a tailer owes goes to the aggregates; what they answer goes back to the tailer.
template <CommandingTailer T>
class TailCommands {
 public:
  TailCommands(caf::event_based_actor* self, T& tailer, const CommandBus& bus,
               std::size_t in_flight_max)
      : tailer_(tailer), sender_(self, bus, in_flight_max, listener()) {}

  void send(std::vector<OwedCommand> owed) { sender_.send(std::move(owed)); }
  void retry() { sender_.retry(); }

 private:
  CommandSender::Listener listener() {
    CommandSender::Listener listener;
    listener.refused = [this](const RefusedCommand& command) {
      tailer_.refused(command);
      sender_.send(tailer_.due());
    };
    if constexpr (AcceptanceTailer<T>) {
      listener.accepted = [this](const AddressedCommand& command) {
        tailer_.accepted(command);
        sender_.send(tailer_.due());
      };
    }
    return listener;
  }

  T& tailer_;
  CommandSender sender_;
};

}  // namespace

template <class T>
caf::actor spawn_commanding_tail(caf::actor_system& system, LogAccess log, CommandBus bus,
                                 TailConfiguration configuration) {
  return system.spawn(
      tail_actor<T, TailCommands<T>>, std::move(log), configuration,
      [bus = std::move(bus), configuration](caf::event_based_actor* self, T& tailer) {
        if constexpr (requires { tailer.publish_to(configuration.forecasts); })
          tailer.publish_to(configuration.forecasts);
        return std::make_shared<TailCommands<T>>(self, tailer, bus, configuration.in_flight_max);
      });
}

template caf::actor spawn_commanding_tail<Placement>(caf::actor_system&, LogAccess, CommandBus,
                                                     TailConfiguration);
template caf::actor spawn_commanding_tail<VmProcess>(caf::actor_system&, LogAccess, CommandBus,
                                                     TailConfiguration);
template caf::actor spawn_commanding_tail<NodeProcess>(caf::actor_system&, LogAccess, CommandBus,
                                                       TailConfiguration);
template caf::actor spawn_commanding_tail<ResourceProcess>(caf::actor_system&, LogAccess,
                                                           CommandBus, TailConfiguration);
template caf::actor spawn_commanding_tail<InstanceProcess>(caf::actor_system&, LogAccess,
                                                           CommandBus, TailConfiguration);
template caf::actor spawn_commanding_tail<BillingProcess>(caf::actor_system&, LogAccess, CommandBus,
                                                          TailConfiguration);
template caf::actor spawn_commanding_tail<ServiceProcess>(caf::actor_system&, LogAccess, CommandBus,
                                                          TailConfiguration);
template caf::actor spawn_commanding_tail<ClientProcess>(caf::actor_system&, LogAccess, CommandBus,
                                                         TailConfiguration);
template caf::actor spawn_commanding_tail<SharedNodeProcess>(caf::actor_system&, LogAccess,
                                                             CommandBus, TailConfiguration);
template caf::actor spawn_commanding_tail<InferenceProcess>(caf::actor_system&, LogAccess,
                                                            CommandBus, TailConfiguration);
template caf::actor spawn_commanding_tail<JobProcess>(caf::actor_system&, LogAccess, CommandBus,
                                                      TailConfiguration);
template caf::actor spawn_commanding_tail<GpuRepairProcess>(caf::actor_system&, LogAccess,
                                                            CommandBus, TailConfiguration);
template caf::actor spawn_commanding_tail<BatchScheduler>(caf::actor_system&, LogAccess, CommandBus,
                                                          TailConfiguration);

}  // namespace orrery
