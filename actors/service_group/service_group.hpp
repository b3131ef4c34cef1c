#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/service_events.hpp"

namespace orrery {

/// The rules of a group of services: requested → cancelled. How it fares is what its replicas say.
/// Pure.
struct ServiceGroup {
  static constexpr std::string_view stream_prefix = "service_group";
  static constexpr std::size_t replica_count_max = 64;

  struct Create {
    ServiceGroupRequested request;
  };
  /// Nothing happens to one that is cancelled already.
  struct Cancel {};
  using Command = std::variant<Create, Cancel>;
  using Event = ServiceGroupEvent;
  enum class Rejection : std::uint8_t {
    service_group_does_not_exist,
    service_group_exists_already,
    replica_count_must_be_1_to_64,
    every_replica_needs_a_service_id,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, service_group_does_not_exist, service_group_exists_already,
                             replica_count_must_be_1_to_64, every_replica_needs_a_service_id)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Wanted {
    ServiceGroupRequested request;

    bool operator==(const Wanted&) const = default;
    BOOST_DESCRIBE_CLASS(Wanted, (), (request), (), ())
  };
  struct Cancelled {
    ServiceGroupRequested request;

    bool operator==(const Cancelled&) const = default;
    BOOST_DESCRIBE_CLASS(Cancelled, (), (request), (), ())
  };
  using State = std::variant<Absent, Wanted, Cancelled>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Cancelled>(state); }
};

}  // namespace orrery
