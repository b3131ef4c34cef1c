#include "actors/runtime/registry_shell.hpp"

namespace orrery {

template caf::actor spawn_registry<Disk>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<Network>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<FirewallRule>(caf::actor_system&, LogAccess,
                                                 RegistryConfiguration);
template caf::actor spawn_registry<AddressPool>(caf::actor_system&, LogAccess,
                                                RegistryConfiguration);

}  // namespace orrery
