#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/tenancy_events.hpp"

namespace orrery {

/// The rules of one customer. Pure.
struct Organization {
  static constexpr std::string_view stream_prefix = "organization";

  struct Create {
    OrganizationCreated description;
  };
  struct Rename {
    std::string name;
  };
  using Command = std::variant<Create, Rename>;
  using Event = OrganizationEvent;
  enum class Rejection : std::uint8_t {
    name_must_not_be_empty,
    organization_exists_already,
    organization_does_not_exist
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, name_must_not_be_empty, organization_exists_already,
                             organization_does_not_exist)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Created {
    OrganizationCreated description;
    /// The present one; the description keeps the first, by which a retry of `Create` is known.
    std::string name;

    bool operator==(const Created&) const = default;
    BOOST_DESCRIBE_CLASS(Created, (), (description, name), (), ())
  };
  using State = std::variant<Absent, Created>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

}  // namespace orrery
