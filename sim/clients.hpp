#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "actors/runtime/command.hpp"
#include "actors/runtime/command_gateway.hpp"
#include "sim/seeded_random.hpp"

namespace orrery {

/// The outside world: requests that are sent through the gateway until they are answered. A request
/// that failed, or was on its way during a crash, is sent again as it was, as any client of an API
/// with idempotent requests would.
class Clients {
 public:
  /// A command on this stream was accepted, which then had this version; its last event has this
  /// position (0 where it decided nothing).
  using OnAcknowledged =
      std::function<void(const std::string& stream, Version version, Position position)>;
  explicit Clients(OnAcknowledged on_acknowledged) : on_acknowledged_(std::move(on_acknowledged)) {}

  /// A request to be sent; the next `submit_…` may do so.
  void want(AddressedCommand command);

  /// Sends one request that waits, or now and then one that has been answered already.
  void submit_one(CommandGateway& gateway, SeededRandom& random);
  /// Sends all that wait.
  void submit_waiting(CommandGateway& gateway);

  /// The server crashed: nothing that is on its way will be answered.
  void disconnect();

  bool all_answered() const;

 private:
  enum class Phase : std::uint8_t { waiting, on_its_way, answered };
  struct Request {
    AddressedCommand command;
    Phase phase = Phase::waiting;
  };
  void submit(CommandGateway& gateway, std::size_t index);

  OnAcknowledged on_acknowledged_;
  std::vector<Request> requests_;
  /// Counts the crashes: answers of an earlier life are nobody's.
  std::uint64_t life_ = 0;
};

}  // namespace orrery
