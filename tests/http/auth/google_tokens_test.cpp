#include "http/auth/google_tokens.hpp"

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "http/auth/base64url.hpp"
#include "tests/http/auth/google_key.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace orrery;
using namespace std::chrono_literals;
namespace json = boost::json;

namespace {

constexpr std::int64_t now_s = 1'772'366'400;
const Time now{std::chrono::seconds(now_s)};

const GoogleKey& key() {
  static const GoogleKey one;
  return one;
}

struct Tokens {
  ScratchFolder folder;
  std::filesystem::path file = folder.path() / "jwks.json";
  GoogleTokens tokens{{file, "orrery-app"}};

  explicit Tokens(const std::string& keys = key_set_of(key())) { write(keys); }

  void write(const std::string& text) const { std::ofstream(file, std::ios::trunc) << text; }
  bool takes(const json::object& claims, const json::object& header = {}) const {
    return tokens.verify(key().sign(claims, header), now).has_value();
  }
  bool takes_with(std::string_view name, const json::value& value) const {
    auto claims = google_claims(now_s, "ada@example.com");
    claims[name] = value;
    return takes(claims);
  }
  bool takes_without(std::string_view name) const {
    auto claims = google_claims(now_s, "ada@example.com");
    claims.erase(name);
    return takes(claims);
  }
};

std::string part(const json::object& object) { return to_base64url(json::serialize(object)); }

}  // namespace

TEST_CASE("Google's token says who somebody is") {
  const Tokens google;
  const auto identity =
      google.tokens.verify(key().sign(google_claims(now_s, "ada@example.com")), now);
  REQUIRE(identity);
  CHECK(identity->email == "ada@example.com");
  CHECK(identity->picture_url == "https://lh3.example/ada.png");
  CHECK(google.tokens.problem() == std::nullopt);
  CHECK(google.takes_with("iss", "accounts.google.com"));
  CHECK(google.takes_without("picture"));
}

TEST_CASE("a token for others, by others, or of another time is no good") {
  const Tokens google;
  CHECK_FALSE(google.takes_with("aud", "another-app"));
  CHECK_FALSE(google.takes_with("aud", json::array{"orrery-app", "another-app"}));
  CHECK_FALSE(google.takes_without("aud"));
  CHECK_FALSE(google.takes_with("iss", "https://accounts.google.com.example"));
  CHECK_FALSE(google.takes_without("iss"));
  CHECK(google.takes_with("exp", now_s - 59));
  CHECK_FALSE(google.takes_with("exp", now_s - 60));
  CHECK_FALSE(google.takes_with("exp", "tomorrow"));
  CHECK_FALSE(google.takes_with("exp", 1e300));
  CHECK_FALSE(google.takes_without("exp"));
  CHECK(google.takes_with("iat", now_s + 60));
  CHECK_FALSE(google.takes_with("iat", now_s + 61));
  CHECK_FALSE(google.takes_without("iat"));
  CHECK_FALSE(google.takes_with("nbf", now_s + 61));
  CHECK(google.takes_with("nbf", now_s));
}

TEST_CASE("only a mail address that Google has verified says who somebody is") {
  const Tokens google;
  CHECK_FALSE(google.takes_with("email_verified", false));
  CHECK_FALSE(google.takes_with("email_verified", "yes"));
  CHECK_FALSE(google.takes_without("email_verified"));
  CHECK_FALSE(google.takes_without("email"));
  CHECK_FALSE(google.takes_with("email", "nobody"));
}

TEST_CASE("a picture that isn't reached by https is left out") {
  const Tokens google;
  auto claims = google_claims(now_s, "ada@example.com");
  claims["picture"] = "javascript:alert(1)";
  CHECK(google.tokens.verify(key().sign(claims), now)->picture_url.empty());
}

TEST_CASE("only RS256 by a key of the set is taken") {
  const Tokens google;
  const auto claims = google_claims(now_s, "ada@example.com");
  CHECK_FALSE(google.takes(claims, {{"alg", "RS512"}}));
  CHECK_FALSE(google.takes(claims, {{"alg", "PS256"}}));
  CHECK_FALSE(google.takes(claims, {{"kid", "another"}}));
  CHECK_FALSE(google.takes(claims, {{"crit", json::array{"exp"}}}));
  const GoogleKey stranger;  // Of the same id.
  CHECK_FALSE(google.tokens.verify(stranger.sign(claims), now));
  // Nobody's signature, and one that takes the public key for a secret.
  const auto payload = part(claims);
  CHECK_FALSE(google.tokens.verify(
      part({{"alg", "none"}, {"kid", key().id()}}) + "." + payload + ".", now));
  CHECK_FALSE(google.tokens.verify(
      part({{"alg", "HS256"}, {"kid", key().id()}}) + "." + payload + "." + to_base64url("mac"),
      now));
}

TEST_CASE("a token that was changed, is broken or too long is no good") {
  const Tokens google;
  const auto token = key().sign(google_claims(now_s, "ada@example.com"));
  const auto dot = token.find('.');
  const auto forged = token.substr(0, dot + 1) + part(google_claims(now_s, "eve@example.com")) +
                      token.substr(token.rfind('.'));
  CHECK_FALSE(google.tokens.verify(forged, now));
  for (const std::string_view broken : {"", ".", "..", "a.b.c", "{}", "a.b", "\xff.\xff.\xff"})
    CHECK_FALSE(google.tokens.verify(broken, now));
  for (std::size_t size = 0; size < token.size(); size += 37)
    CHECK_FALSE(google.tokens.verify(token.substr(0, size), now));
  CHECK_FALSE(google.tokens.verify(std::string(GoogleTokens::token_bytes_max + 1, 'a'), now));
}

TEST_CASE("a key set is read again when it has changed") {
  const Tokens google;
  const GoogleKey next("key-2");
  const auto claims = google_claims(now_s, "ada@example.com");
  const auto token = next.sign(claims);
  CHECK_FALSE(google.tokens.verify(token, now));
  google.write(key_set_of(key(), next));
  CHECK(google.tokens.verify(token, now));
  google.write(key_set_of(next) + "  ");
  CHECK_FALSE(google.takes(claims));
  google.write("{\"keys\":");
  CHECK_FALSE(google.tokens.verify(token, now));
  CHECK(google.tokens.problem());
  std::filesystem::remove(google.file);
  CHECK_FALSE(google.tokens.verify(token, now));
}

TEST_CASE("keys that aren't for RS256, or are too small, are left out") {
  auto for_encryption = key().words();
  for_encryption["use"] = "enc";
  auto of_another_kind = key().words();
  of_another_kind["alg"] = "RS512";
  const auto keys =
      GENERATE_COPY(json::array{for_encryption}, json::array{of_another_kind}, json::array{"text"},
                    json::array{GoogleKey("key-1", 1024).words()},
                    json::array{json::object{{"kty", "oct"}, {"kid", "key-1"}, {"k", "c2VjcmV0"}}});
  const Tokens google(json::serialize(json::object{{"keys", keys}}));
  CHECK_FALSE(google.takes(google_claims(now_s, "ada@example.com")));
}

TEST_CASE("without an application's id nobody's token is good") {
  const Tokens google;
  GoogleTokens open({google.file, ""});
  auto claims = google_claims(now_s, "ada@example.com");
  claims["aud"] = "";
  CHECK_FALSE(open.verify(key().sign(claims), now));
  CHECK(open.problem());
}
