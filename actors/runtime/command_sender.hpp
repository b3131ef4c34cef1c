#pragma once

#include <utility>
#include <vector>

#include <caf/all.hpp>

#include "actors/runtime/command_bus.hpp"
#include "actors/runtime/command_message.hpp"
#include "actors/runtime/outbox.hpp"
#include "actors/runtime/tailer.hpp"

namespace orrery {

/// Sends the commands of a tailer and sees each through: a refusal goes back to the tailer, a
/// failure waits for `retry`. Lives within the tailer's actor.
template <CommandingTailer T>
class CommandSender {
 public:
  CommandSender(caf::event_based_actor* self, T& tailer, CommandBus bus, std::size_t in_flight_max)
      : self_(self), tailer_(tailer), bus_(std::move(bus)), outbox_(in_flight_max) {}

  void send(std::vector<OwedCommand> owed) {
    for (auto& command : owed) outbox_.push(std::move(command));
    pump();
  }

  void retry() {
    outbox_.retry();
    pump();
  }

 private:
  void pump() {
    while (auto* lane = outbox_.next()) {
      const auto& owed = lane->commands.front();
      std::visit([&](const auto& to) { request(*lane, to, owed.origin); }, owed.command);
    }
  }

  template <class A>
  void request(Outbox::Lane& lane, const To<A>& to, const Origin& origin) {
    self_
        ->request(bus_.registry<A>(), caf::infinite,
                  CommandMessage<A>{to.id, to.command, origin, {}})
        .then([this, &lane](const Outcome<A>& outcome) { answered<A>(lane, outcome); },
              [this, &lane](const caf::error&) { outbox_.fail(lane); });
  }

  template <class A>
  void answered(Outbox::Lane& lane, const Outcome<A>& outcome) {
    if (outcome.rejection) {
      auto& to = std::get<To<A>>(lane.commands.front().command);
      const RefusedCommand refused =
          Rejected<A>{std::move(to.id), std::move(to.command), *outcome.rejection};
      outbox_.settle(lane);
      tailer_.refused(refused);
      send(tailer_.due());
    } else {
      outbox_.settle(lane);
      pump();
    }
  }

  caf::event_based_actor* self_;
  T& tailer_;
  CommandBus bus_;
  Outbox outbox_;
};

}  // namespace orrery
