#include "http/gpushare/password_check.hpp"

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "http/auth/credential_cache.hpp"
#include "http/auth/password_pool.hpp"
#include "http/auth/peer_group.hpp"
#include "storage/clock.hpp"

namespace orrery::gpushare {

namespace {

using Outcome = CredentialCache::Outcome;

/// One check on its way. Kept alive by those who verify and wait.
struct Check {
  const GpushareContext& context;
  PasswordClaim claim;
  /// Of whoever has the name now; empty for nobody, and for who has no password.
  std::string password_hash;
  CredentialCache::Key key;
  std::function<void(PasswordAnswer)> done;

  /// What guesses are counted by. In upper and lower case alike, or each way of writing a mail
  /// address would have guesses of its own.
  std::string guessed_name() const { return context.secret.email_key(claim.login); }
  std::string peer() const { return peer_group(claim.peer); }
};

PasswordAnswer answer_of(const Check& check, Outcome outcome) {
  const auto& context = check.context;
  switch (outcome) {
    case Outcome::right: {
      // The password may have been changed, or the client erased, while it was verified.
      auto client = client_called(context, check.claim.login);
      if (!client || client->password_hash != check.password_hash) break;
      return {PasswordAnswer::Kind::right, std::move(client), {}};
    }
    case Outcome::wrong:
      break;
    case Outcome::too_many: {
      const auto now = context.clock->now();
      const auto wait = std::max(context.sign_in_guesses->wait(check.guessed_name(), now),
                                 context.peer_guesses->wait(check.peer(), now));
      return {PasswordAnswer::Kind::too_many, nullptr, std::max(wait, std::chrono::seconds(1))};
    }
    case Outcome::busy:
      return {PasswordAnswer::Kind::busy, nullptr, std::chrono::seconds(1)};
  }
  return {};
}

/// A handler that fails here, on a thread of the pool, goes away unanswered, which is a 500 as
/// elsewhere; nobody else who waits suffers from it.
void tell(const Check& check, Outcome outcome) {
  try {
    check.done(answer_of(check, outcome));
  } catch (const std::exception&) {
    return;
  }
}

/// Of the name first: a name that is closed costs its peers nothing.
bool take_guess(const Check& check, Time now) {
  const auto& context = check.context;
  const auto name = check.guessed_name();
  if (!context.sign_in_guesses->take(name, now)) return false;
  if (context.peer_guesses->take(check.peer(), now)) return true;
  context.sign_in_guesses->give_back(name);
  return false;
}

/// What was right says nothing of other guesses from the same address.
void forgive(const Check& check) {
  check.context.sign_in_guesses->forgive(check.guessed_name());
  check.context.peer_guesses->give_back(check.peer());
}

void give_back(const Check& check) {
  check.context.sign_in_guesses->give_back(check.guessed_name());
  check.context.peer_guesses->give_back(check.peer());
}

void verify(const std::shared_ptr<Check>& check) {
  const auto& context = check->context;
  const auto settle = [check](Outcome outcome) {
    const auto now = check->context.clock->now();
    check->context.credentials->settle(check->key, outcome, now);
  };
  if (!take_guess(*check, context.clock->now())) return settle(Outcome::too_many);
  const auto verified = [check, settle](bool fits) {
    if (fits) forgive(*check);
    settle(fits ? Outcome::right : Outcome::wrong);
  };
  if (context.passwords->verify(check->password_hash, check->claim.password, verified)) return;
  give_back(*check);
  settle(Outcome::busy);
}

/// Verifies what is right anyway, while it still counts as that. Where the pool is full, somebody
/// waits later.
void renew(const GpushareContext& context, const PasswordClaim& claim, const std::string& hash,
           const CredentialCache::Key& key) {
  auto& credentials = *context.credentials;
  const auto& clock = *context.clock;
  (void)context.passwords->verify(hash, claim.password, [&credentials, &clock, key](bool fits) {
    if (fits) credentials.settle(key, Outcome::right, clock.now());
  });
}

}  // namespace

Refusal refusal_of(const PasswordAnswer& answer) {
  switch (answer.kind) {
    case PasswordAnswer::Kind::too_many:
      return throttled(answer.wait);
    case PasswordAnswer::Kind::busy: {
      auto refusal = detail(503, "Too many passwords are being checked now, try again later.");
      refusal.headers.emplace_back("Retry-After", fmt::format("{}", answer.wait.count()));
      return refusal;
    }
    default:
      return authentication_failed("Invalid username/password.");
  }
}

ClientView::Client client_called(const GpushareContext& context, std::string_view login) {
  auto client = context.clients->by_username(context.secret.username_key(login));
  if (client || login.find('@') == std::string_view::npos) return client;
  return context.clients->by_email(context.secret.email_key(login));
}

void check_password(const GpushareContext& context, PasswordClaim claim,
                    std::function<void(PasswordAnswer)> done) {
  auto client = client_called(context, claim.login);
  auto hash = client ? client->password_hash : std::string();
  const auto key = context.secret.seal_of(
      "credential",
      fmt::format("{}\n{}\n{}\n{}", hash, claim.login.size(), claim.login, claim.password));
  const auto now = context.clock->now();
  const auto standing = context.credentials->look(key, now);
  if (standing == CredentialCache::Standing::due) renew(context, claim, hash, key);
  if (standing != CredentialCache::Standing::unknown)
    return done({PasswordAnswer::Kind::right, std::move(client), {}});
  const auto check = std::make_shared<Check>(
      Check{context, std::move(claim), std::move(hash), key, std::move(done)});
  const auto told = [check](Outcome outcome) { tell(*check, outcome); };
  if (context.credentials->wait(key, now, told)) verify(check);
}

}  // namespace orrery::gpushare
