#include <catch2/catch.hpp>

#include "http/auth/credential.hpp"

using namespace orrery;

TEST_CASE("a credential is its prefix and 43 letters, and its digest has 32 bytes") {
  SystemIdSource ids;
  const auto credential = mint_credential(access_key_prefix, ids);
  CHECK_THAT(credential, Catch::Matches("mkk_[A-Za-z0-9_-]{43}"));
  CHECK(credential != mint_credential(access_key_prefix, ids));
  CHECK(credential_digest_text(credential).size() == 32);
  CHECK(credential_digest_text("abc").substr(0, 4) == "\xba\x78\x16\xbf");  // FIPS 180-2's example.
}

TEST_CASE("the scheme of an Authorization header is read without case") {
  CHECK(bearer_credential("Bearer mkk_x") == "mkk_x");
  CHECK(bearer_credential("bearer mkk_x") == "mkk_x");
  CHECK(bearer_credential("BEARER   mkk_x  ") == "mkk_x");
}

TEST_CASE("anything but a bearer credential is no credential") {
  for (const auto header : {"", "Bearer", "Bearer ", "Bearer    ", "Basic dXNlcg==", "mkk_x"})
    CHECK(bearer_credential(header).empty());
}
