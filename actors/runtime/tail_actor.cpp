#include "actors/runtime/tail_actor.hpp"

#include "actors/placement/placement.hpp"
#include "actors/processes/node_process.hpp"
#include "actors/processes/vm_process.hpp"
#include "actors/runtime/command_sender.hpp"
#include "actors/runtime/tail_shell.hpp"

namespace orrery {

template <class T>
caf::actor spawn_commanding_tail(caf::actor_system& system, LogAccess log, CommandBus bus,
                                 TailConfiguration configuration) {
  using Sender = CommandSender<T>;
  return system.spawn(
      tail_actor<T, Sender>, std::move(log), configuration,
      [bus = std::move(bus), configuration](caf::event_based_actor* self, T& tailer) {
        return std::make_shared<Sender>(self, tailer, bus, configuration.in_flight_max);
      });
}

template caf::actor spawn_commanding_tail<Placement>(caf::actor_system&, LogAccess, CommandBus,
                                                     TailConfiguration);
template caf::actor spawn_commanding_tail<VmProcess>(caf::actor_system&, LogAccess, CommandBus,
                                                     TailConfiguration);
template caf::actor spawn_commanding_tail<NodeProcess>(caf::actor_system&, LogAccess, CommandBus,
                                                       TailConfiguration);

}  // namespace orrery
