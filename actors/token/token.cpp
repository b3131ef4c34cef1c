#include "actors/token/token.hpp"

#include <utility>

namespace orrery {

using Answer = Decision<Token::Event, Token::Rejection>;

namespace {

constexpr std::size_t digest_size = 32;

bool are_digests(const std::string& access, const std::string& refresh) {
  return access.size() == digest_size && refresh.size() == digest_size;
}

Answer decide_refresh(const Token::Session& session, const Token::Refresh& refresh) {
  const auto& next = refresh.next;
  if (!are_digests(next.access_digest, next.refresh_digest))
    return Token::Rejection::digest_must_be_32_bytes;
  // Tokens are random, so this very command made the current one: a retry.
  if (next.refresh_digest == session.refresh_digest) return nothing_happens<Answer>();
  if (refresh.presented_digest != session.refresh_digest)
    return happens<Answer>(TokenRevoked{"refresh_token_reused"});
  if (refresh.now.time_since_epoch().count() >= session.refresh_expires_at_us)
    return Token::Rejection::refresh_token_has_expired;
  return happens<Answer>(next);
}

}  // namespace

Answer Token::decide(const State& state, const Command& command) {
  return std::visit(
      Match{
          [](const Absent&, const IssueKey& issue) -> Answer {
            if (issue.key.digest.size() != digest_size) return Rejection::digest_must_be_32_bytes;
            return happens<Answer>(issue.key);
          },
          [](const Absent&, const OpenSession& open) -> Answer {
            if (!are_digests(open.session.access_digest, open.session.refresh_digest))
              return Rejection::digest_must_be_32_bytes;
            return happens<Answer>(open.session);
          },
          [](const Absent&, const auto&) -> Answer { return Rejection::token_does_not_exist; },

          [](const Key& known, const IssueKey& issue) -> Answer {
            if (issue.key == known.key) return nothing_happens<Answer>();
            return Rejection::token_exists_already;
          },
          [](const Key&, const OpenSession&) -> Answer { return Rejection::token_exists_already; },
          [](const Key&, const Refresh&) -> Answer { return Rejection::token_is_no_session; },
          [](const Key&, const Revoke& revoke) -> Answer {
            return happens<Answer>(TokenRevoked{revoke.reason});
          },
          [](const Key& known, const Regenerate& next) -> Answer {
            if (next.key.digest.size() != digest_size) return Rejection::digest_must_be_32_bytes;
            // Secrets are random, so this very command made the current one: a retry.
            if (next.key.digest == known.key.digest) return nothing_happens<Answer>();
            return happens<Answer>(next.key);
          },

          [](const Session&, const Regenerate&) -> Answer { return Rejection::token_is_no_key; },
          [](const Session&, const IssueKey&) -> Answer { return Rejection::token_exists_already; },
          [](const Session& known, const OpenSession& open) -> Answer {
            if (open.session.refresh_digest == known.refresh_digest)
              return nothing_happens<Answer>();
            return Rejection::token_exists_already;
          },
          [](const Session& session, const Refresh& refresh) -> Answer {
            return decide_refresh(session, refresh);
          },
          [](const Session&, const Revoke& revoke) -> Answer {
            return happens<Answer>(TokenRevoked{revoke.reason});
          },

          [](const Revoked&, const Revoke&) -> Answer { return nothing_happens<Answer>(); },
          [](const Revoked&, const auto&) -> Answer { return Rejection::token_is_revoked; },
      },
      state, command);
}

Token::State Token::evolve(State state, const Event& event) {
  return std::visit(Match{
                        [](const AccessKeyIssued& key) -> State { return Key{key}; },
                        [](const SessionOpened& session) -> State {
                          return Session{session.refresh_digest, session.refresh_expires_at_us};
                        },
                        [](const SessionRefreshed& session) -> State {
                          return Session{session.refresh_digest, session.refresh_expires_at_us};
                        },
                        [](const TokenRevoked&) -> State { return Revoked{}; },
                        [&](const AccessKeyRegenerated& next) -> State {
                          auto key = std::get<Key>(std::move(state)).key;
                          key.digest = next.digest;
                          key.expires_at_us = next.expires_at_us;
                          return Key{std::move(key)};
                        },
                    },
                    event);
}

}  // namespace orrery
