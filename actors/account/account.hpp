#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/tenancy_events.hpp"

namespace orrery {

/// The rules of one person's account. Pure: the password arrives hashed.
struct Account {
  static constexpr std::string_view stream_prefix = "account";

  struct Register {
    AccountRegistered description;
  };
  /// Also a change of role. A disabled account joins and leaves like another: who adds a person to
  /// an organization must not learn that the account is disabled.
  struct JoinOrganization {
    AccountJoinedOrganization membership;
  };
  struct ChangePassword {
    std::string password_hash;
  };
  struct LeaveOrganization {
    std::string organization_id;
  };
  struct Disable {};
  struct Enable {};
  using Command =
      std::variant<Register, JoinOrganization, ChangePassword, Disable, LeaveOrganization, Enable>;
  using Event = AccountEvent;
  enum class Rejection : std::uint8_t {
    account_does_not_exist,
    account_exists_already,
    account_is_disabled,
    password_hash_must_not_be_empty,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, account_does_not_exist, account_exists_already,
                             account_is_disabled, password_hash_must_not_be_empty)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Active {
    std::map<std::string, MemberRole> organizations;
    std::string password_hash;

    bool operator==(const Active&) const = default;
    BOOST_DESCRIBE_CLASS(Active, (), (organizations, password_hash), (), ())
  };
  struct Disabled {
    Active account;

    bool operator==(const Disabled&) const = default;
    BOOST_DESCRIBE_CLASS(Disabled, (), (account), (), ())
  };
  using State = std::variant<Absent, Active, Disabled>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

}  // namespace orrery
