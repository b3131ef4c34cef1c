#include "http/auth/sessions.hpp"

#include "actors/runtime/command_gateway.hpp"
#include "http/auth/credential.hpp"
#include "http/auth/password_pool.hpp"
#include "projections/identity/identity_view.hpp"
#include "storage/clock.hpp"

namespace orrery {

namespace {

std::int64_t in_microseconds(Time time) { return time.time_since_epoch().count(); }

SessionTokens mint(IdSource& ids) {
  return {mint_credential(access_token_prefix, ids), mint_credential(refresh_token_prefix, ids)};
}

/// The tokens of a sign-in depend on its whole request where it may come again: another request
/// under the same key then meets a session with other tokens, and is refused.
SessionTokens mint(const EdgeSecret& secret, const std::string& session_id,
                   const RequestIdentity& identity) {
  if (identity.digest.empty()) return mint(*identity.ids);
  SeededIdSource ids(secret.seed_of("session tokens", session_id, identity.digest));
  return mint(ids);
}

/// Gives `tokens` to the client once they are durable. A rejection, or tokens that are dead at
/// birth because the family was revoked instead, is a refusal.
auto answer_with(SessionTokens tokens, const IdentityView& identity, Sessions::Done done) {
  return [tokens = std::move(tokens), &identity, done = std::move(done)](const auto& outcome) {
    if (!outcome) return done({SignInFailure::unavailable, {}});
    if (outcome->rejection == Token::Rejection::token_exists_already)
      return done({SignInFailure::key_reused, {}});
    const bool alive = identity.principal_of(credential_digest(tokens.access_token)) != nullptr;
    if (outcome->rejection || !alive) return done({SignInFailure::refused, {}});
    done({SignInFailure::none, tokens});
  };
}

void open_session(const Sessions& sessions, const std::string& account_id,
                  const RequestIdentity& identity, std::string request_id,
                  const Sessions::Done& done) {
  auto session_id = identity.ids->uuid();
  auto tokens = mint(sessions.secret, session_id, identity);
  // A session that has been refreshed since would look like another one to its aggregate.
  if (sessions.identity->refresh_token(credential_digest(tokens.refresh_token)))
    return done({SignInFailure::none, std::move(tokens)});
  const auto now = sessions.clock->now();
  SessionOpened opened{account_id, credential_digest_text(tokens.access_token),
                       credential_digest_text(tokens.refresh_token),
                       in_microseconds(now + access_token_lifetime),
                       in_microseconds(now + refresh_token_lifetime)};
  CommandMessage<Token> command{std::move(session_id),
                                Token::OpenSession{std::move(opened)},
                                Origin{"account/" + account_id, 0, std::move(request_id)},
                                {}};
  sessions.gateway->submit<Token>(std::move(command),
                                  answer_with(std::move(tokens), *sessions.identity, done));
}

}  // namespace

void Sessions::open(std::string_view email, std::string password, RequestIdentity request,
                    std::string request_id, Done done) const {
  auto account_id = secret.account_id(email);
  if (!guesses->take(account_id, clock->now())) return done({SignInFailure::too_many, {}});
  const auto account = identity->account(account_id);
  auto hash = account && !account->disabled ? account->password_hash : std::string();
  const auto verified = [this, account_id = std::move(account_id), request = std::move(request),
                         request_id = std::move(request_id), hash, done](bool fits) {
    // The password may have been changed, or the account disabled, while this one was verified.
    const auto now = identity->account(account_id);
    const bool is_current = now && !now->disabled && now->password_hash == hash;
    if (!fits || !is_current) return done({SignInFailure::refused, {}});
    guesses->forgive(account_id);
    open_session(*this, account_id, request, request_id, done);
  };
  if (!passwords->verify(std::move(hash), std::move(password), verified))
    done({SignInFailure::too_many, {}});
}

void Sessions::refresh(std::string_view refresh_token, RequestIdentity request,
                       std::string request_id, Done done) const {
  const auto presented = identity->refresh_token(credential_digest(refresh_token));
  if (!presented) return done({SignInFailure::refused, {}});
  const auto now = clock->now();
  auto tokens = mint(*request.ids);
  SessionRefreshed next{
      credential_digest_text(tokens.access_token), credential_digest_text(tokens.refresh_token),
      in_microseconds(now + access_token_lifetime), in_microseconds(now + refresh_token_lifetime)};
  CommandMessage<Token> command{
      presented->token_id,
      Token::Refresh{credential_digest_text(refresh_token), std::move(next), now},
      Origin{"account/" + presented->account_id, 0, std::move(request_id)},
      {}};
  gateway->submit<Token>(std::move(command), answer_with(std::move(tokens), *identity, done));
}

}  // namespace orrery
