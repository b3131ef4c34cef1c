#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <boost/system/result.hpp>
#include <caf/all.hpp>

#include "actors/runtime/command.hpp"
#include "actors/runtime/command_bus.hpp"

namespace orrery {

/// The command could not be decided: the log takes no writes now, or too much is on its way. The
/// client may try again later.
struct Unavailable {
  std::string reason;
};

/// Sends commands into the actor system from threads that are no actors, such as the edge's.
/// Thread-safe. Cheap to copy; copies share their limit.
class CommandGateway {
 public:
  /// Commands on their way at once; one beyond is answered `Unavailable`.
  static constexpr std::size_t in_flight_default = 16'384;

  CommandGateway(caf::actor_system& system, CommandBus bus,
                 std::size_t in_flight_max = in_flight_default);

  template <class A>
  using Reply = std::function<void(const boost::system::result<Outcome<A>, Unavailable>&)>;

  /// Calls `reply` exactly once, on an actor's thread (or at once on this one, where the limit is
  /// reached or the actors are gone): keep it short, post the rest to where it belongs. Where it
  /// has an outcome, the command's events are durable and every view has applied them. Commands
  /// that one thread submits to one aggregate are decided in that order.
  ///
  /// Defined for every aggregate in command_gateway.cpp.
  template <class A>
  void submit(CommandMessage<A> command, Reply<A> reply);

  /// Commands whose reply has not been called yet.
  std::size_t in_flight() const { return *in_flight_; }

 private:
  caf::actor gateway_;
  CommandBus bus_;
  std::size_t in_flight_max_;
  std::shared_ptr<std::atomic<std::size_t>> in_flight_;
};

[[noreturn]] void throw_exception_from_error(const Unavailable& unavailable,
                                             const boost::source_location& location);

}  // namespace orrery
