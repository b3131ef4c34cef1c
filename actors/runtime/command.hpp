#pragma once

#include <optional>
#include <string>
#include <variant>

#include <boost/mp11/algorithm.hpp>

#include "actors/runtime/aggregates.hpp"
#include "events/compiled_variant.hpp"
#include "events/envelope.hpp"

namespace orrery {

/// A command on its way to the aggregate `A` with this id.
template <class A>
struct To {
  std::string id;
  typename A::Command command;
};

/// A command to any aggregate: `To<A>` for one of them (command.cpp).
using AddressedCommand = CompiledVariant<
    boost::mp11::mp_rename<boost::mp11::mp_transform<To, Aggregates>, std::variant>>;
extern template class CompiledVariant<AddressedCommand::Base>;

/// A command that a tailer (placement, process, driver) has to send because of what it read in the
/// log.
struct OwedCommand {
  AddressedCommand command;
  Origin origin;
};

/// The message that an aggregate actor takes. `command_id` makes a retry harmless for good; empty
/// where the rule itself decides nothing for a retry.
template <class A>
struct CommandMessage {
  std::string id;
  typename A::Command command;
  Origin origin;
  std::string command_id;
};

/// The aggregate's answer: refused, or everything decided is durable and in every view.
template <class A>
struct Outcome {
  Version version = 0;
  /// Position of the last event of the command; 0 where it decided none.
  Position position = 0;
  std::optional<typename A::Rejection> rejection;
};

}  // namespace orrery
