#include "actors/runtime/registry_shell.hpp"

namespace orrery {

template caf::actor spawn_registry<Quota>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<Price>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<Reservation>(caf::actor_system&, LogAccess,
                                                RegistryConfiguration);

}  // namespace orrery
