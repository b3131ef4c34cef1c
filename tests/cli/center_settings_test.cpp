#include "cli/center_settings.hpp"

#include <fstream>

#include <catch2/catch.hpp>

#include "cli/exit_codes.hpp"
#include "cli/start_failure.hpp"
#include "http/auth/credential.hpp"
#include "tests/support/scratch_folder.hpp"

namespace orrery {
namespace {

std::string refusal_of(const Configuration& configuration) {
  try {
    check_center_settings(configuration);
  } catch (const StartFailure& failure) {
    CHECK(failure.exit_code == exit_usage);
    return failure.message;
  }
  return "";
}

void write(const std::filesystem::path& file, std::string_view text) {
  std::ofstream(file, std::ios::binary) << text;
}

TEST_CASE("the example resource has the document's key in a demo, and none elsewhere") {
  Configuration configuration;
  CHECK(kitten_key_digest(configuration).empty());
  configuration.dev = true;
  CHECK(kitten_key_digest(configuration) == credential_digest_text("meowmeowmeow"));
}

TEST_CASE("a key of the example resource is the first line of its file") {
  const ScratchFolder folder;
  Configuration configuration;
  configuration.dev = true;
  configuration.aicenter_kitten_key_file = (folder.path() / "key").string();
  CHECK(refusal_of(configuration).find("aicenter.kitten-key-file") == 0);
  write(configuration.aicenter_kitten_key_file, "\n");
  CHECK(refusal_of(configuration).find("it is empty") != std::string::npos);
  write(configuration.aicenter_kitten_key_file, "purr \nrest");
  CHECK(kitten_key_digest(configuration) == credential_digest_text("purr"));
}

TEST_CASE("a key for tokens that can't be read, or could be guessed, stops the start") {
  const ScratchFolder folder;
  Configuration configuration;
  CHECK(refusal_of(configuration).empty());
  configuration.aicenter_jwt_key = (folder.path() / "jwt.key").string();
  CHECK(refusal_of(configuration).find("aicenter.jwt-key") == 0);
  write(configuration.aicenter_jwt_key, "short");
  CHECK(refusal_of(configuration).find("aicenter.jwt-key") == 0);
  write(configuration.aicenter_jwt_key, "0123456789abcdef0123456789abcdef");
  CHECK(refusal_of(configuration).empty());
}

TEST_CASE("people's files and their uploads are on one file system") {
  Configuration configuration;
  configuration.data = "/srv/orrery";
  CHECK(file_store_configuration(configuration).home == "/srv/orrery/center/home");
  CHECK(file_store_configuration(configuration).uploads == "/srv/orrery/center/uploads");
  configuration.aicenter_files = "/shared/home";
  CHECK(file_store_configuration(configuration).home == "/shared/home");
  CHECK(file_store_configuration(configuration).uploads == "/shared/home/.uploads");
}

}  // namespace
}  // namespace orrery
