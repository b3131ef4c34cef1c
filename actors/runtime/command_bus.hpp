#pragma once

#include <array>

#include <boost/mp11/algorithm.hpp>
#include <caf/all.hpp>

#include "actors/runtime/command.hpp"

namespace orrery {

/// Knows the registry of every aggregate type. Cheap to copy; sending through it is thread-safe.
class CommandBus {
 public:
  static constexpr std::size_t registry_count = boost::mp11::mp_size<Aggregates>::value;

  explicit CommandBus(std::array<caf::actor, registry_count> registries)
      : registries_(std::move(registries)) {}

  /// The actor that takes `CommandMessage<A>` and answers `Outcome<A>`. Commands that one sender
  /// sends to one aggregate are decided in the order in which they were sent.
  template <class A>
  const caf::actor& registry() const {
    return registries_[boost::mp11::mp_find<Aggregates, A>::value];
  }

  /// All of them, in the order of `Aggregates`.
  const std::array<caf::actor, registry_count>& registries() const { return registries_; }

 private:
  std::array<caf::actor, registry_count> registries_;
};

}  // namespace orrery
