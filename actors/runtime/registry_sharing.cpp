#include "actors/runtime/registry_shell.hpp"

namespace orrery {

template caf::actor spawn_registry<Client>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<Handle>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<GpuRecord>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<SharedNode>(caf::actor_system&, LogAccess,
                                               RegistryConfiguration);
template caf::actor spawn_registry<Inference>(caf::actor_system&, LogAccess, RegistryConfiguration);

}  // namespace orrery
