#include "actors/runtime/registry_shell.hpp"

namespace orrery {

template caf::actor spawn_registry<Vm>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<Operation>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<Image>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<Webhook>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<SlurmRun>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<SlurmCluster>(caf::actor_system&, LogAccess,
                                                 RegistryConfiguration);

}  // namespace orrery
