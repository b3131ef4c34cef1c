#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "http/aicenter/slurm_tokens.hpp"
#include "http/auth/id_source.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace orrery;
using aicenter::SlurmTokens;

namespace {

const Time now{std::chrono::seconds(1'800'000'000)};
constexpr const char* key = "0123456789abcdef0123456789abcdef";

/// Of {"exp":1900000000,"iat":1700000000,"sun":"kim"} as `scontrol token` of Slurm 22.05 writes it.
constexpr const char* of_slurm =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJleHAiOjE5MDAwMDAwMDAsImlhdCI6MTcwMDAwMDAwMCwic3VuIjoia2ltIn0."
    "xp6YJKItSmuidRD2fh-A9uMed8KqlFcPXCTEVqCD0J4";
/// The same with "username", which gateways use.
constexpr const char* of_gateway =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
    "eyJleHAiOjE5MDAwMDAwMDAsImlhdCI6MTcwMDAwMDAwMCwidXNlcm5hbWUiOiJraW0ifQ."
    "XN2YVE3C5S8_BfVaDYaI2HIgqk95wQtzmeIHCmoK7o4";

}  // namespace

TEST_CASE("a token names its user until it is over") {
  const SlurmTokens tokens(key);
  const auto text = tokens.mint("kim", now, std::chrono::hours(1));
  for (int i = 0; i < 2; ++i) {  // Verified, then known.
    const auto token = tokens.verify(text, now);
    REQUIRE(token);
    CHECK(token->user == "kim");
    CHECK(token->issued_s == 1'800'000'000);
  }
  CHECK(tokens.verify(text, now + std::chrono::seconds(3'599)));
  CHECK_FALSE(tokens.verify(text, now + std::chrono::hours(1)));
}

TEST_CASE("tokens of Slurm's own are good where the key is the same") {
  const SlurmTokens tokens(key);
  REQUIRE(tokens.verify(of_slurm, now));
  CHECK(tokens.verify(of_slurm, now)->user == "kim");
  REQUIRE(tokens.verify(of_gateway, now));
  CHECK(tokens.verify(of_gateway, now)->user == "kim");
  const SlurmTokens others("another key of sixteen bytes or more");
  CHECK_FALSE(others.verify(of_slurm, now));
}

TEST_CASE("nothing else is a token") {
  const SlurmTokens tokens(key);
  const auto good = tokens.mint("kim", now, std::chrono::hours(1));
  // {"alg":"none"}, and one that claims another algorithm under the same signature.
  const auto rest = good.substr(good.find('.'));
  CHECK_FALSE(tokens.verify("eyJhbGciOiJub25lIn0" + rest, now));
  CHECK_FALSE(tokens.verify("eyJhbGciOiJub25lIn0" + rest.substr(0, rest.rfind('.') + 1), now));
  CHECK_FALSE(tokens.verify("eyJhbGciOiJIUzM4NCJ9" + rest, now));
  for (const auto& wrong :
       {std::string(), std::string("x.y.z"), good.substr(0, good.size() - 1), good + "x",
        std::string(SlurmTokens::token_bytes_max + 1, 'a'), good.substr(0, good.rfind('.'))})
    CHECK_FALSE(tokens.verify(wrong, now));
}

TEST_CASE("the key is made once and kept to oneself") {
  const ScratchFolder folder;
  SeededIdSource ids(7);
  const auto file = folder.path() / "jwt.key";
  const auto first = SlurmTokens::load_or_create(file, ids);
  const auto token = first->mint("kim", now, std::chrono::hours(1));
  CHECK(std::filesystem::status(file).permissions() ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  CHECK(SlurmTokens::load_or_create(file, ids)->verify(token, now));
  std::ofstream(file, std::ios::trunc) << "short";
  CHECK_THROWS_WITH(SlurmTokens::load(file), Catch::Contains("16 bytes at least"));
  CHECK_THROWS_WITH(SlurmTokens::load(folder.path() / "none"), Catch::Contains("can't be read"));
}
