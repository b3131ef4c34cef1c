#pragma once

#include <functional>
#include <vector>

#include <caf/all.hpp>

#include "actors/runtime/command_bus.hpp"
#include "actors/runtime/outbox.hpp"
#include "actors/runtime/tailer.hpp"

namespace orrery {

/// Sends commands from within an actor and sees each through: an answer is told, a failure waits
/// for `retry`. Lives and dies with the state of its actor.
class CommandSender {
 public:
  struct Listener {
    /// An aggregate said no. May call `send`.
    std::function<void(const RefusedCommand&)> refused;
    /// A command couldn't be decided and waits for `retry`. May be empty.
    std::function<void()> failed;
    /// An aggregate said yes. May call `send`; may be empty.
    std::function<void(const AddressedCommand&)> accepted = {};
  };

  CommandSender(caf::event_based_actor* self, CommandBus bus, std::size_t in_flight_max,
                Listener listener);

  /// In this order to each aggregate, one after the other.
  void send(std::vector<OwedCommand> commands);

  /// Sends again what failed.
  void retry();

  const Outbox& outbox() const { return outbox_; }

 private:
  void pump();
  template <class A>
  void request(Outbox::Lane& lane, const To<A>& to, const Origin& origin);
  template <class A>
  void answered(Outbox::Lane& lane, const Outcome<A>& outcome);

  caf::event_based_actor* self_;
  CommandBus bus_;
  Outbox outbox_;
  Listener listener_;
};

}  // namespace orrery
