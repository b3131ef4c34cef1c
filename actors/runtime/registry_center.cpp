#include "actors/runtime/registry_shell.hpp"

namespace orrery {

template caf::actor spawn_registry<Job>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<JobArray>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<BatchPolicyRecord>(caf::actor_system&, LogAccess,
                                                      RegistryConfiguration);
template caf::actor spawn_registry<CenterUser>(caf::actor_system&, LogAccess,
                                               RegistryConfiguration);
template caf::actor spawn_registry<CenterTeam>(caf::actor_system&, LogAccess,
                                               RegistryConfiguration);
template caf::actor spawn_registry<Notice>(caf::actor_system&, LogAccess, RegistryConfiguration);
template caf::actor spawn_registry<Kitten>(caf::actor_system&, LogAccess, RegistryConfiguration);

}  // namespace orrery
