#pragma once

#include <type_traits>

#include <caf/allowed_unsafe_message_type.hpp>

#include "actors/runtime/command.hpp"

/// Commands and outcomes stay within one process, so CAF needs no wire form of them.
namespace caf {

template <class A>
struct allowed_unsafe_message_type<orrery::CommandMessage<A>> : std::true_type {};

template <class A>
struct allowed_unsafe_message_type<orrery::Outcome<A>> : std::true_type {};

}  // namespace caf
