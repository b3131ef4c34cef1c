#pragma once

#include <functional>

#include <boost/system/result.hpp>
#include <caf/all.hpp>

#include "actors/runtime/command.hpp"
#include "actors/runtime/command_bus.hpp"

namespace orrery {

/// The command could not be decided: the log takes no writes now. The client may try again later.
struct Unavailable {
  std::string reason;
};

/// Sends commands into the actor system from threads that are no actors, such as the edge's.
/// Thread-safe.
class CommandGateway {
 public:
  CommandGateway(caf::actor_system& system, CommandBus bus);

  template <class A>
  using Reply = std::function<void(const boost::system::result<Outcome<A>, Unavailable>&)>;

  /// Calls `reply` exactly once, on an actor's thread: keep it short, post the rest to where it
  /// belongs. By then the command's events are durable and every view has applied them.
  template <class A>
  void submit(CommandMessage<A> command, Reply<A> reply);

 private:
  caf::actor gateway_;
  CommandBus bus_;
};

}  // namespace orrery
