#include "actors/runtime/registry_shell.hpp"

namespace orrery {

template caf::actor spawn_registry<Cluster>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<Node>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<Gpu>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<Lease>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<SimulatedCluster>(caf::actor_system&, LogAccess,
                                                     RegistryConfiguration);

}  // namespace orrery
