#include <catch2/catch.hpp>

#include "actors/token/token.hpp"
#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

std::string digest(char letter) { return std::string(32, letter); }

const AccessKeyIssued key{digest('k'), KeyScope::project, "p1", "ci", 0};
const SessionOpened session{"a1", digest('a'), digest('r'), 1'000, 2'000};

const AccessKeyRegenerated regenerated{digest('K'), 9'000};

Token::Refresh refresh(char presented, char next, std::int64_t now_us = 1'500) {
  return {digest(presented),
          {digest('A'), digest(next), now_us + 1'000, now_us + 2'000},
          Time{std::chrono::microseconds{now_us}}};
}

Given<Token> opened() { return given<Token>({session}); }
Given<Token> refreshed() { return opened().then({refresh('r', 's').next}); }
Given<Token> issued() { return given<Token>({key}); }
Given<Token> revoked() { return opened().then({TokenRevoked{"signed_out"}}); }

}  // namespace

TEST_CASE("a refresh token is exchanged once") {
  CHECK(opened().when(refresh('r', 's')).value() == decided<Token>({refresh('r', 's').next}));
  CHECK(refreshed().when(refresh('r', 's')).value().empty());  // The same command, sent again.
}

TEST_CASE("using an old refresh token again revokes the whole family") {
  CHECK(refreshed().when(refresh('r', 't')).value() ==
        decided<Token>({TokenRevoked{"refresh_token_reused"}}));
  CHECK(revoked().when(refresh('s', 't')).error() == Token::Rejection::token_is_revoked);
}

TEST_CASE("a refresh token expires") {
  CHECK(opened().when(refresh('r', 's', 2'000)).error() ==
        Token::Rejection::refresh_token_has_expired);
  CHECK(opened().when(refresh('r', 's', 1'999)).value().size() == 1);
}

TEST_CASE("tokens are stored as digests of 32 bytes") {
  CHECK(given<Token>({}).when(Token::IssueKey{{"short", KeyScope::project, "p1", "", 0}}).error() ==
        Token::Rejection::digest_must_be_32_bytes);
  CHECK(given<Token>({}).when(Token::OpenSession{{"a1", "short", digest('r'), 1, 2}}).error() ==
        Token::Rejection::digest_must_be_32_bytes);
}

TEST_CASE("a token is a key or a session, for good") {
  CHECK(issued().when(Token::IssueKey{key}).value().empty());
  CHECK(issued().when(Token::OpenSession{session}).error() ==
        Token::Rejection::token_exists_already);
  CHECK(issued().when(refresh('r', 's')).error() == Token::Rejection::token_is_no_session);
  CHECK(given<Token>({}).when(refresh('r', 's')).error() == Token::Rejection::token_does_not_exist);
}

TEST_CASE("a regenerated key has another secret; the same command again decides nothing") {
  CHECK(issued().when(Token::Regenerate{regenerated}).value() == decided<Token>({regenerated}));
  const auto next = issued().then({regenerated});
  CHECK(next.when(Token::Regenerate{regenerated}).value().empty());
  CHECK(next.when(Token::IssueKey{key}).error() == Token::Rejection::token_exists_already);
  CHECK(next.when(Token::Regenerate{{digest('n'), 0}}).value().size() == 1);
  CHECK(issued().when(Token::Regenerate{{"short", 0}}).error() ==
        Token::Rejection::digest_must_be_32_bytes);
}

TEST_CASE("only a key that is alive can be regenerated") {
  CHECK(opened().when(Token::Regenerate{regenerated}).error() == Token::Rejection::token_is_no_key);
  CHECK(revoked().when(Token::Regenerate{regenerated}).error() ==
        Token::Rejection::token_is_revoked);
  CHECK(given<Token>({}).when(Token::Regenerate{regenerated}).error() ==
        Token::Rejection::token_does_not_exist);
}

TEST_CASE("every state of a token answers every command as the table says", "[golden]") {
  check_state_table<Token>({
      {{"absent", {}},
       {"key", issued().state},
       {"session", opened().state},
       {"session, refreshed", refreshed().state},
       {"revoked", revoked().state}},
      {{"issue key", Token::IssueKey{key}},
       {"open session", Token::OpenSession{session}},
       {"refresh", refresh('r', 's')},
       {"refresh with the old token", refresh('r', 't')},
       {"refresh too late", refresh('r', 's', 2'000)},
       {"revoke", Token::Revoke{"signed_out"}},
       {"regenerate", Token::Regenerate{regenerated}}},
  });
}
