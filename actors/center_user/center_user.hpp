#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/center_events.hpp"

namespace orrery {

/// The rules of one person of the university's center: applied → approved → suspended …, or
/// declined. Pure: personal data arrives sealed, and classes and teams are the edge's to know. The
/// id is the login name: lower-case letters, digits, '_', '-', 32 at most, a letter first.
struct CenterUser {
  static constexpr std::string_view stream_prefix = "center_user";

  struct Apply {
    CenterUserApplied application;
  };
  /// Of one who has applied; or of nobody, where an admin makes a user at once.
  struct Approve {
    CenterUserApproved approval;
  };
  struct Decline {
    std::string reason;
  };
  struct ChangeGrant {
    CenterGrant grant;
  };
  struct Suspend {
    CenterUserSuspended suspension;
  };
  struct Reinstate {};
  struct RevokeTokens {
    std::int64_t issued_before_s = 0;
  };
  struct Erase {};
  using Command =
      std::variant<Apply, Approve, Decline, ChangeGrant, Suspend, Reinstate, RevokeTokens, Erase>;
  using Event = CenterUserEvent;
  enum class Rejection : std::uint8_t {
    name_is_not_a_login_name,
    user_does_not_exist,
    user_exists_already,
    user_is_not_approved,
    user_is_erased,
    class_must_not_be_empty,
    team_must_not_be_empty,
    reason_must_not_be_empty,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, name_is_not_a_login_name, user_does_not_exist,
                             user_exists_already, user_is_not_approved, user_is_erased,
                             class_must_not_be_empty, team_must_not_be_empty,
                             reason_must_not_be_empty)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Applied {
    CenterUserApplied application;

    bool operator==(const Applied&) const = default;
    BOOST_DESCRIBE_CLASS(Applied, (), (application), (), ())
  };
  struct Declined {
    std::string reason;

    bool operator==(const Declined&) const = default;
    BOOST_DESCRIBE_CLASS(Declined, (), (reason), (), ())
  };
  struct Approved {
    CenterUserApproved approval;
    std::optional<CenterUserSuspended> suspension;
    std::int64_t tokens_from_s = 0;

    bool operator==(const Approved&) const = default;
    BOOST_DESCRIBE_CLASS(Approved, (), (approval, suspension, tokens_from_s), (), ())
  };
  struct Erased {
    bool operator==(const Erased&) const = default;
    BOOST_DESCRIBE_CLASS(Erased, (), (), (), ())
  };
  using State = std::variant<Absent, Applied, Declined, Approved, Erased>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Erased>(state); }
};

/// Whether it can be the id of a user or a team.
bool is_login_name(std::string_view name);

}  // namespace orrery
