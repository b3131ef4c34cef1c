#include "actors/runtime/registry_shell.hpp"

namespace orrery {

template caf::actor spawn_registry<Service>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<ServiceGroup>(caf::actor_system&, LogAccess,
                                                 RegistryConfiguration);

}  // namespace orrery
