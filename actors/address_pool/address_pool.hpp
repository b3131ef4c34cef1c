#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/address_pool_events.hpp"

namespace orrery {

/// The rules of one pool of public addresses. It may grow, and nothing else: its addresses are in
/// use. Pure.
struct AddressPool {
  static constexpr std::string_view stream_prefix = "address_pool";

  struct Declare {
    AddressPoolDeclared declaration;
  };
  using Command = std::variant<Declare>;
  using Event = std::variant<AddressPoolDeclared>;
  enum class Rejection : std::uint8_t {
    location_must_not_be_empty,
    cidr_must_be_an_ipv4_network,
    pool_is_at_another_location,
    pool_must_not_lose_addresses,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, location_must_not_be_empty, cidr_must_be_an_ipv4_network,
                             pool_is_at_another_location, pool_must_not_lose_addresses)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Declared {
    AddressPoolDeclared declaration;

    bool operator==(const Declared&) const = default;
    BOOST_DESCRIBE_CLASS(Declared, (), (declaration), (), ())
  };
  using State = std::variant<Absent, Declared>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

}  // namespace orrery
