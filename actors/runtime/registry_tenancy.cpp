#include "actors/runtime/registry_shell.hpp"

namespace orrery {

template caf::actor spawn_registry<Organization>(caf::actor_system&, LogAccess,
                                                 RegistryConfiguration);
template caf::actor spawn_registry<Project>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<Account>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<Token>(caf::actor_system&, LogAccess, RegistryConfiguration);

}  // namespace orrery
