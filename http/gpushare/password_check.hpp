#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "http/gpushare/context.hpp"
#include "http/gpushare/errors.hpp"
#include "projections/clients/client_view.hpp"

namespace orrery::gpushare {

/// What somebody shows to be a client.
struct PasswordClaim {
  /// User name or mail address.
  std::string login;
  std::string password;
  /// Address that the request comes from; may be empty.
  std::string peer;
};

/// What came of it.
struct PasswordAnswer {
  enum class Kind : std::uint8_t {
    right,
    /// Or nobody is called so: nobody learns which.
    wrong,
    /// This name, or this address, has guessed too often; there is another guess after `wait`.
    too_many,
    /// Too many passwords wait for being verified.
    busy,
  };
  Kind kind = Kind::wrong;
  /// Where it is right: the client as he is now.
  ClientView::Client client;
  std::chrono::seconds wait{};
};

/// Of an answer that isn't right: 401, 429 or 503.
Refusal refusal_of(const PasswordAnswer& answer);

/// Verifies a password, or knows it from a moment ago. `done` is called once: at once on this
/// thread where nothing has to be verified, else on another one. What is guessed wrong costs alike
/// whether or not somebody is called so: one guess, one verification, the same words.
void check_password(const GpushareContext& context, PasswordClaim claim,
                    std::function<void(PasswordAnswer)> done);

/// Whoever is called so now, by user name or mail address; null: nobody.
ClientView::Client client_called(const GpushareContext& context, std::string_view login);

}  // namespace orrery::gpushare
