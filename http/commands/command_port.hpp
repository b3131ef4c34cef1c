#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "actors/runtime/command_gateway.hpp"

namespace orrery {

/// The edge's way into the actor system. Mailboxes there are unbounded, so the bound stands here,
/// one for all dialects: `in_flight_max` commands may be without an answer, the next is refused at
/// once (and its request answered 503). Thread-safe; `gateway` must outlive it.
class CommandPort {
 public:
  /// 4,096 commands are about 100 ms of work for a log that is healthy.
  explicit CommandPort(CommandGateway& gateway, std::size_t in_flight_max = 4096)
      : gateway_(&gateway), state_(std::make_shared<State>()), in_flight_max_(in_flight_max) {}

  /// False where too many are in flight; `reply` is never called then. Else as
  /// `CommandGateway::submit`.
  template <class A>
  [[nodiscard]] bool submit(CommandMessage<A> command, CommandGateway::Reply<A> reply) {
    if (state_->in_flight.fetch_add(1) >= in_flight_max_) {
      state_->in_flight.fetch_sub(1);
      return false;
    }
    gateway_->submit<A>(std::move(command),
                        [state = state_, reply = std::move(reply)](const auto& outcome) {
                          state->in_flight.fetch_sub(1);
                          reply(outcome);
                        });
    return true;
  }

  /// For metrics.
  std::size_t in_flight() const { return state_->in_flight.load(); }

 private:
  /// Shared with the replies: one may come after the port is gone.
  struct State {
    std::atomic<std::size_t> in_flight = 0;
  };

  CommandGateway* gateway_;
  std::shared_ptr<State> state_;
  std::size_t in_flight_max_;
};

}  // namespace orrery
