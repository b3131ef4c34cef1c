#include <catch2/catch.hpp>

#include <fstream>
#include <iterator>

#include <stdlib.h>

#include "cli/data_directory.hpp"
#include "cli/health_checks.hpp"

using namespace orrery;
using std::filesystem::perms;

namespace {

struct TemporaryDirectory {
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "orrery-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a data directory is made for its owner only, with what is above it") {
  const TemporaryDirectory temporary;
  const auto data = temporary.path / "a" / "data";
  REQUIRE(make_data_directory(data).has_value());
  CHECK((std::filesystem::status(data).permissions() & perms::all) == perms::owner_all);
  CHECK(make_data_directory(data).has_value());
}

TEST_CASE("a data directory that is a file is a failure that names it") {
  const TemporaryDirectory temporary;
  std::ofstream(temporary.path / "data") << "no directory";
  const auto made = make_data_directory(temporary.path / "data");
  REQUIRE(made.has_error());
  CHECK_THAT(made.error().message, Catch::Contains((temporary.path / "data").string()));
}

TEST_CASE("a private file is replaced whole and readable by its owner only") {
  const TemporaryDirectory temporary;
  const auto file = temporary.path / "credentials.json";
  std::ofstream(temporary.path / "credentials.json.unfinished") << "left by a start cut short";
  REQUIRE(write_private_file(file, "first").has_value());
  REQUIRE(write_private_file(file, "second").has_value());
  CHECK(text_of(file) == "second");
  CHECK((std::filesystem::status(file).permissions() & perms::all) ==
        (perms::owner_read | perms::owner_write));
  CHECK(std::distance(std::filesystem::directory_iterator(temporary.path), {}) == 1);
}

TEST_CASE("a private file that cannot be written is a failure that names it") {
  const TemporaryDirectory temporary;
  const auto written = write_private_file(temporary.path / "absent" / "file", "text");
  REQUIRE(written.has_error());
  CHECK_THAT(written.error().message, Catch::Contains("absent"));
}

TEST_CASE("the doctor finds a usable place good and leaves nothing behind") {
  const TemporaryDirectory temporary;
  Configuration configuration;
  configuration.data = temporary.path / "data";
  configuration.listen_port = 0;
  for (const auto& finding : run_health_checks(configuration)) {
    INFO(finding.subject << ": " << finding.message);
    CHECK(finding.health != Health::bad);
  }
  CHECK(std::filesystem::is_empty(temporary.path));
}

TEST_CASE("the doctor finds a file in the data directory's place, and an address that isn't ours") {
  const TemporaryDirectory temporary;
  Configuration configuration;
  configuration.data = temporary.path / "data";
  configuration.listen_address = "192.0.2.1";
  std::ofstream(configuration.data) << "no directory";
  const auto findings = run_health_checks(configuration);
  const auto health_of = [&](std::string_view subject) {
    for (const auto& finding : findings)
      if (finding.subject == subject) return finding.health;
    return Health::good;
  };
  CHECK(health_of("data directory") == Health::bad);
  CHECK(health_of("port") == Health::bad);
}
