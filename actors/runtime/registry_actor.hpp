#pragma once

#include <cstdint>

#include <caf/all.hpp>

#include "actors/runtime/command_message.hpp"
#include "actors/runtime/log_access.hpp"
#include "actors/runtime/tick.hpp"

namespace orrery {

/// Limits of one registry.
struct RegistryConfiguration {
  /// Actors that may be resident; a wake beyond puts the least recently used one to rest. An actor
  /// at rest costs nothing, a resident one about 2 KB. Keeps every GPU of 10,000 nodes awake.
  std::size_t residents_max = 262'144;
  /// An actor that took no command for this many ticks is put to rest.
  std::uint32_t idle_ticks = 240;
};

/// How many actors a registry keeps; the answer to `CountResidents`.
struct CountResidents {};

/// The registry of the aggregates of type A. It takes `CommandMessage<A>`, finds or wakes the
/// aggregate and passes the command on; the aggregate answers the sender with `Outcome<A>`, or with
/// a `caf::error` where nothing was decided: then the sender may try again. Commands of one sender
/// to one aggregate arrive in the order in which they were sent.
///
/// There is at most one actor of a stream at any time. An actor that is being put to rest gets no
/// new command: they are held back until it is gone, and then it is woken anew. One that quits by
/// itself (a failed append) answers what was on its way to it with an error.
///
/// Defined for every aggregate in registry_*.cpp, for CAF templates compile slowly.
template <class A>
caf::actor spawn_registry(caf::actor_system& system, LogAccess log,
                          RegistryConfiguration configuration);

}  // namespace orrery

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(orrery::CountResidents)
