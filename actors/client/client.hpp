#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/client_events.hpp"

namespace orrery {

/// The rules of one person of the marketplace: registering → active → erased. Pure: passwords
/// arrive hashed, personal data sealed, and who may do what is the edge's to know.
///
/// A name is a client's once its handle (handle/<key>) is. The client process claims handles, and
/// tells the outcome here.
struct Client {
  static constexpr std::string_view stream_prefix = "client";
  /// Signing in on one more signs out the one that signed in first.
  static constexpr std::size_t device_count_max = 20;

  struct Register {
    ClientRegistered request;
  };
  struct RequestNames {
    ClientNames names;
  };
  /// The handles of the names that were asked for are the client's.
  struct GrantNames {
    ClientNames names;
  };
  struct RefuseNames {
    ClientNames names;
    ClientNameKind taken = ClientNameKind::username;
  };
  struct ChangeDetails {
    ClientDetails details;
  };
  struct ChangePassword {
    std::string password_hash;
    /// Only where the password is still this one (a link of a reset is good for one password);
    /// absent: whichever it is.
    std::optional<std::string> replaces = {};
  };
  /// Somebody has proved that he reads the client's mail. Where nobody had before, whoever
  /// registered may have been somebody else: with `drops_password` his password and devices go.
  struct VerifyEmail {
    bool drops_password = false;
  };
  struct SignIn {
    ClientSignedIn device;
  };
  struct SignOut {
    std::string device_id;
  };
  struct ChangeRole {
    ClientRole role = ClientRole::user;
  };
  struct BecomeProvider {};
  struct ApproveProvider {};
  struct SuspendProvider {};
  struct Erase {};
  using Command = std::variant<Register, RequestNames, GrantNames, RefuseNames, ChangeDetails,
                               ChangePassword, VerifyEmail, SignIn, SignOut, ChangeRole,
                               BecomeProvider, ApproveProvider, SuspendProvider, Erase>;
  using Event = ClientEvent;
  enum class Rejection : std::uint8_t {
    client_does_not_exist,
    client_exists_already,
    /// It has no names yet, or was refused them.
    client_is_not_active,
    client_is_erased,
    /// Others are waited for.
    names_are_being_changed,
    /// Nobody asked for these.
    names_were_not_requested,
    names_were_refused,
    password_has_changed,
    device_is_known_with_another_token,
    client_is_no_provider,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, client_does_not_exist, client_exists_already,
                             client_is_not_active, client_is_erased, names_are_being_changed,
                             names_were_not_requested, names_were_refused, password_has_changed,
                             device_is_known_with_another_token, client_is_no_provider)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  /// For its names.
  struct Registering {
    ClientRegistered request;

    bool operator==(const Registering&) const = default;
    BOOST_DESCRIBE_CLASS(Registering, (), (request), (), ())
  };
  struct Active {
    /// As it stands now, but for its password and role as they were at first.
    ClientRegistered request;
    /// Asked for and not yet granted.
    std::optional<ClientNames> wished;
    std::string password_hash;
    ClientRole role = ClientRole::user;
    /// The one that signed in first, first.
    std::vector<ClientSignedIn> devices;
    bool email_is_verified = false;
    bool is_approved = false;

    bool operator==(const Active&) const = default;
    BOOST_DESCRIBE_CLASS(Active, (),
                         (request, wished, password_hash, role, devices, email_is_verified,
                          is_approved),
                         (), ())
  };
  /// Its names are somebody else's.
  struct Refused {
    ClientRegistered request;

    bool operator==(const Refused&) const = default;
    BOOST_DESCRIBE_CLASS(Refused, (), (request), (), ())
  };
  struct Erased {
    bool operator==(const Erased&) const = default;
    BOOST_DESCRIBE_CLASS(Erased, (), (), (), ())
  };
  using State = std::variant<Absent, Registering, Active, Refused, Erased>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) {
    return std::holds_alternative<Erased>(state) || std::holds_alternative<Refused>(state);
  }
};

}  // namespace orrery
