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

/// Gives `tokens` to the client once they are durable. A rejection, or tokens that are dead at
/// birth because the family was revoked instead, is a refusal.
auto answer_with(SessionTokens tokens, const IdentityView& identity, Sessions::Done done) {
  return [tokens = std::move(tokens), &identity, done = std::move(done)](const auto& outcome) {
    if (!outcome) return done({SignInFailure::unavailable, {}});
    const bool alive = identity.principal_of(credential_digest(tokens.access_token)) != nullptr;
    if (outcome->rejection || !alive) return done({SignInFailure::refused, {}});
    done({SignInFailure::none, tokens});
  };
}

void open_session(const Sessions& sessions, const std::string& account_id, std::string request_id,
                  const Sessions::Done& done) {
  const auto now = sessions.clock->now();
  auto tokens = mint(*sessions.ids);
  SessionOpened opened{account_id, credential_digest_text(tokens.access_token),
                       credential_digest_text(tokens.refresh_token),
                       in_microseconds(now + access_token_lifetime),
                       in_microseconds(now + refresh_token_lifetime)};
  CommandMessage<Token> command{sessions.ids->uuid(),
                                Token::OpenSession{std::move(opened)},
                                Origin{"account/" + account_id, 0, std::move(request_id)},
                                {}};
  sessions.gateway->submit<Token>(std::move(command),
                                  answer_with(std::move(tokens), *sessions.identity, done));
}

}  // namespace

void Sessions::open(std::string_view email, std::string password, std::string request_id,
                    Done done) const {
  auto account_id = secret.account_id(email);
  const auto account = identity->account(account_id);
  auto hash = account && !account->disabled ? account->password_hash : std::string();
  const auto verified = [this, account_id = std::move(account_id),
                         request_id = std::move(request_id), done](bool fits) {
    if (!fits) return done({SignInFailure::refused, {}});
    open_session(*this, account_id, request_id, done);
  };
  if (!passwords->verify(std::move(hash), std::move(password), verified))
    done({SignInFailure::too_many, {}});
}

void Sessions::refresh(std::string_view refresh_token, std::string request_id, Done done) const {
  const auto presented = identity->refresh_token(credential_digest(refresh_token));
  if (!presented) return done({SignInFailure::refused, {}});
  const auto now = clock->now();
  auto tokens = mint(*ids);
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
