#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/billing_events.hpp"

namespace orrery {

/// The rules of one reservation: so many places for VMs of one type at one location. Pure.
struct Reservation {
  static constexpr std::string_view stream_prefix = "reservation";

  struct Declare {
    ReservationDeclared declaration;
  };
  /// A place for this VM.
  struct Take {
    std::string vm_id;
    std::string vm_type;
    std::string location;
  };
  /// A VM that has no place gives none back.
  struct GiveBack {
    std::string vm_id;
  };
  /// VMs that have a place keep it.
  struct End {};
  using Command = std::variant<Declare, Take, GiveBack, End>;
  using Event = ReservationEvent;
  enum class Rejection : std::uint8_t {
    reservation_does_not_exist,
    reservation_exists_already,
    reservation_has_ended,
    reservation_is_full,
    reservation_is_for_another_type,
    reservation_is_at_another_location,
    vm_count_must_not_be_zero,
    end_must_be_after_start,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, reservation_does_not_exist, reservation_exists_already,
                             reservation_has_ended, reservation_is_full,
                             reservation_is_for_another_type, reservation_is_at_another_location,
                             vm_count_must_not_be_zero, end_must_be_after_start)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Open {
    ReservationDeclared declaration;
    std::set<std::string> vm_ids;

    bool operator==(const Open&) const = default;
    BOOST_DESCRIBE_CLASS(Open, (), (declaration, vm_ids), (), ())
  };
  struct Ended {
    ReservationDeclared declaration;
    std::set<std::string> vm_ids;

    bool operator==(const Ended&) const = default;
    BOOST_DESCRIBE_CLASS(Ended, (), (declaration, vm_ids), (), ())
  };
  using State = std::variant<Absent, Open, Ended>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) {
    const auto* ended = std::get_if<Ended>(&state);
    return ended != nullptr && ended->vm_ids.empty();
  }
};

}  // namespace orrery
