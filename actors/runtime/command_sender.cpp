#include "actors/runtime/command_sender.hpp"

#include <utility>

#include "actors/runtime/command_message.hpp"

namespace orrery {

CommandSender::CommandSender(caf::event_based_actor* self, CommandBus bus,
                             std::size_t in_flight_max, Listener listener)
    : self_(self), bus_(std::move(bus)), outbox_(in_flight_max), listener_(std::move(listener)) {}

void CommandSender::send(std::vector<OwedCommand> commands) {
  for (auto& command : commands) outbox_.push(std::move(command));
  pump();
}

void CommandSender::retry() {
  outbox_.retry();
  pump();
}

void CommandSender::pump() {
  while (auto* lane = outbox_.next()) {
    const auto& owed = lane->commands.front();
    std::visit([&](const auto& to) { request(*lane, to, owed.origin); }, owed.command);
  }
}

template <class A>
void CommandSender::request(Outbox::Lane& lane, const To<A>& to, const Origin& origin) {
  self_
      ->request(bus_.registry<A>(), caf::infinite, CommandMessage<A>{to.id, to.command, origin, {}})
      .then([this, &lane](const Outcome<A>& outcome) { answered<A>(lane, outcome); },
            [this, &lane](const caf::error&) {
              outbox_.fail(lane);
              if (listener_.failed) listener_.failed();
              pump();
            });
}

template <class A>
void CommandSender::answered(Outbox::Lane& lane, const Outcome<A>& outcome) {
  if (outcome.rejection) {
    auto& to = std::get<To<A>>(lane.commands.front().command);
    const RefusedCommand refused =
        Rejected<A>{std::move(to.id), std::move(to.command), *outcome.rejection};
    outbox_.settle(lane);
    if (listener_.refused) listener_.refused(refused);
  } else if (listener_.accepted) {
    const auto accepted = std::move(lane.commands.front().command);
    outbox_.settle(lane);
    listener_.accepted(accepted);
  } else {
    outbox_.settle(lane);
  }
  pump();
}

}  // namespace orrery
