#pragma once

#include <initializer_list>
#include <utility>
#include <vector>

#include "actors/runtime/decision.hpp"

namespace orrery {

/// An aggregate with a past: `given<Vm>({VmRequested{…}}).when(Vm::Delete{})` is what its rule
/// decides then.
template <class A>
struct Given {
  typename A::State state;

  Decision<typename A::Event, typename A::Rejection> when(
      const typename A::Command& command) const {
    return A::decide(state, command);
  }

  /// The aggregate after these events as well.
  Given then(std::initializer_list<typename A::Event> events) const {
    auto next = *this;
    for (const auto& event : events) next.state = A::evolve(std::move(next.state), event);
    return next;
  }
};

template <class A>
Given<A> given(std::initializer_list<typename A::Event> events) {
  return Given<A>{}.then(events);
}

/// What a rule answers where it decides exactly these events; none for a retry.
template <class A>
std::vector<typename A::Event> decided(std::initializer_list<typename A::Event> events) {
  return events;
}

}  // namespace orrery
