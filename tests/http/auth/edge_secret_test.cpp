#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "http/auth/edge_secret.hpp"

using namespace orrery;

namespace {

struct TemporaryDirectory {
  std::filesystem::path path;
  TemporaryDirectory() {
    path = std::filesystem::temp_directory_path() / ("orrery-" + SystemIdSource().uuid());
    std::filesystem::create_directory(path);
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path); }
};

}  // namespace

TEST_CASE("the edge's secret is made once, readable by its owner alone") {
  const TemporaryDirectory directory;
  SystemIdSource ids;
  const auto made = EdgeSecret::load_or_create(directory.path, ids);
  CHECK(EdgeSecret::load_or_create(directory.path, ids).bytes == made.bytes);
  CHECK(made.bytes != EdgeSecret{}.bytes);
  struct stat status {};
  REQUIRE(::stat((directory.path / "edge.key").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("a damaged secret is refused, never replaced") {
  const TemporaryDirectory directory;
  SystemIdSource ids;
  const auto size = GENERATE(0, 31, 33);
  std::ofstream(directory.path / "edge.key") << std::string(static_cast<std::size_t>(size), 'x');
  CHECK_THROWS_WITH(EdgeSecret::load_or_create(directory.path, ids),
                    Catch::EndsWith("edge.key: must hold 32 bytes"));
}

TEST_CASE("an account id doesn't depend on the case of the address, but on the secret") {
  EdgeSecret secret;
  EdgeSecret other;
  other.bytes[0] = 1;
  CHECK(secret.account_id("Example@MKINF.io") == secret.account_id("example@mkinf.io"));
  CHECK(secret.account_id("example@mkinf.io") != other.account_id("example@mkinf.io"));
  CHECK(secret.account_id("example@mkinf.io").size() == 64);
}

TEST_CASE("the seed of a request depends on purpose, principal and key, each for itself") {
  const EdgeSecret secret;
  CHECK(secret.seed_of("vm", "a", "bc") == secret.seed_of("vm", "a", "bc"));
  CHECK(secret.seed_of("vm", "a", "bc") != secret.seed_of("vm", "ab", "c"));
  CHECK(secret.seed_of("vm", "a", "bc") != secret.seed_of("v", "ma", "bc"));
}

TEST_CASE("a name's key takes user names as they are, mail addresses in any case") {
  const EdgeSecret secret;
  CHECK(secret.username_key("Ada") != secret.username_key("ada"));
  CHECK(secret.email_key("Ada@Example.com") == secret.email_key("ada@example.com"));
  CHECK(secret.email_key("ada") != secret.username_key("ada"));
  CHECK(secret.email_key("ada@example.com") != secret.account_id("ada@example.com"));
  CHECK(secret.username_key("ada").size() == 64);
}

TEST_CASE("tokens of devices and nodes follow from the secret and their ids") {
  const EdgeSecret secret;
  EdgeSecret other;
  other.bytes[0] = 1;
  const auto token = secret.client_token("7", "phone");
  CHECK(token == secret.client_token("7", "phone"));
  CHECK(token != secret.client_token("7", "laptop"));
  CHECK(token != secret.client_token("8", "phone"));
  CHECK(token != other.client_token("7", "phone"));
  CHECK(secret.client_token("7", "1") != secret.client_token("71", ""));
  CHECK(secret.node_token("7") != secret.client_token("7", ""));
  CHECK(token.size() == 40);
  CHECK(token.find_first_not_of("0123456789abcdef") == std::string::npos);
}
