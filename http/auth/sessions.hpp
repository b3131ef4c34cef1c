#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "events/envelope.hpp"
#include "http/auth/edge_secret.hpp"
#include "http/auth/guess_limit.hpp"
#include "http/auth/request_identity.hpp"

namespace orrery {

class Clock;
class CommandGateway;
class IdentityView;
class PasswordPool;

/// An access token works for an hour, as the APIs document it; a refresh token for thirty days.
inline constexpr std::chrono::seconds access_token_lifetime{3600};
inline constexpr std::chrono::hours refresh_token_lifetime{30 * 24};

/// What signing in gives. Both tokens are known to nobody but the client.
struct SessionTokens {
  std::string access_token;
  std::string refresh_token;
};

enum class SignInFailure : std::uint8_t {
  none,
  /// Unknown address, wrong password, disabled account; or a refresh token that is unknown, out of
  /// date, revoked or used before. Nobody learns which.
  refused,
  /// Another sign-in of the account had this idempotency key.
  key_reused,
  /// Too many sign-ins wait, or the password of this address was guessed too often, whether or not
  /// somebody has it.
  too_many,
  /// The log takes no writes, or too many commands are in flight.
  unavailable,
};

struct SignIn {
  SignInFailure failure = SignInFailure::none;
  SessionTokens tokens;
};

/// Sessions: opened by mail address and password, continued by refresh tokens that work once. All
/// pointers must outlive it. Thread-safe.
struct Sessions {
  const IdentityView* identity = nullptr;
  CommandGateway* gateway = nullptr;
  PasswordPool* passwords = nullptr;
  const Clock* clock = nullptr;
  EdgeSecret secret;
  std::shared_ptr<GuessLimit> guesses;

  /// Called once, on the caller's thread or another one.
  using Done = std::function<void(SignIn)>;

  /// Takes the same time whether or not somebody has the address. The same identity gets the same
  /// tokens again, once the password has been checked again: they follow from it and are stored
  /// nowhere.
  void open(std::string_view email, std::string password, RequestIdentity request,
            std::string request_id, Done done) const;

  /// The family's tokens are replaced. A token that was replaced before is a stolen one, or its
  /// thief's victim's: the whole family dies. Only the request that replaced it, sent again with
  /// the same identity, gets the same tokens again as long as they are the newest.
  void refresh(std::string_view refresh_token, RequestIdentity request, std::string request_id,
               Done done) const;
};

}  // namespace orrery
