#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/envelope.hpp"
#include "events/token_events.hpp"

namespace orrery {

/// The rules of one access key, or of one session: a family of access and refresh tokens that
/// replace each other. Pure.
struct Token {
  static constexpr std::string_view stream_prefix = "token";

  struct IssueKey {
    AccessKeyIssued key;
  };
  struct OpenSession {
    SessionOpened session;
  };
  /// Exchange of a refresh token. Where `presented_digest` isn't the current one, somebody uses an
  /// old token again: the answer is `TokenRevoked`, and the whole family is dead. Where it is the
  /// current one but out of date, a rejection.
  struct Refresh {
    std::string presented_digest;
    SessionRefreshed next;
    Time now;
  };
  struct Revoke {
    std::string reason;
  };
  /// Another secret for an access key; the old one is dead from then on.
  struct Regenerate {
    AccessKeyRegenerated key;
  };
  using Command = std::variant<IssueKey, OpenSession, Refresh, Revoke, Regenerate>;
  using Event = TokenEvent;
  enum class Rejection : std::uint8_t {
    token_does_not_exist,
    token_exists_already,
    token_is_revoked,
    token_is_no_session,
    token_is_no_key,
    refresh_token_has_expired,
    digest_must_be_32_bytes,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, token_does_not_exist, token_exists_already,
                             token_is_revoked, token_is_no_session, token_is_no_key,
                             refresh_token_has_expired, digest_must_be_32_bytes)

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Key {
    AccessKeyIssued key;

    bool operator==(const Key&) const = default;
    BOOST_DESCRIBE_CLASS(Key, (), (key), (), ())
  };
  struct Session {
    std::string refresh_digest;
    std::int64_t refresh_expires_at_us = 0;

    bool operator==(const Session&) const = default;
    BOOST_DESCRIBE_CLASS(Session, (), (refresh_digest, refresh_expires_at_us), (), ())
  };
  struct Revoked {
    bool operator==(const Revoked&) const = default;
    BOOST_DESCRIBE_CLASS(Revoked, (), (), (), ())
  };
  using State = std::variant<Absent, Key, Session, Revoked>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State& state) { return std::holds_alternative<Revoked>(state); }
};

}  // namespace orrery
