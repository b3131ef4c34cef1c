#include "actors/runtime/registry_shell.hpp"

namespace orrery {

template caf::actor spawn_registry<Instance>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<Volume>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<Wallet>(caf::actor_system&, LogAccess, RegistryConfiguration);

}  // namespace orrery
