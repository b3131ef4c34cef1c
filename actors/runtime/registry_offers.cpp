#include "actors/runtime/registry_shell.hpp"

namespace orrery {

template caf::actor spawn_registry<Region>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<Sku>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<ContainerImage>(caf::actor_system&, LogAccess,
                                                   RegistryConfiguration);

}  // namespace orrery
