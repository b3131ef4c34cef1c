#include "storage/subject_keys.hpp"

#include <fstream>

#include <sys/stat.h>
#include <catch2/catch.hpp>

#include "tests/storage/log_fixture.hpp"

using namespace orrery;

namespace {

std::vector<std::filesystem::path> files_in(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    files.push_back(entry.path());
  return files;
}

}  // namespace

TEST_CASE("what is sealed opens again, also in another process") {
  const TemporaryDirectory directory;
  const auto path = directory.path / "keys";
  const auto sealed = SubjectKeys::open_directory(path).value()->seal("ada", "ada@example.org");
  REQUIRE(sealed);
  CHECK(sealed->subject == "ada");
  CHECK(sealed->box.find("example") == std::string::npos);
  CHECK(SubjectKeys::open_directory(path).value()->open(*sealed) == "ada@example.org");
}

TEST_CASE("the same text of one person is sealed alike, any other differently") {
  const auto keys = SubjectKeys::in_memory();
  const auto box = keys->seal("ada", "x")->box;
  CHECK(keys->seal("ada", "x")->box == box);
  CHECK(keys->seal("bob", "x")->box != box);
  CHECK(keys->seal("ada", "y")->box.substr(0, 24) != box.substr(0, 24));
  CHECK(keys->open(*keys->seal("ada", "")) == "");
}

TEST_CASE("a changed box, another subject and a short box don't open") {
  const auto keys = SubjectKeys::in_memory();
  const auto sealed = *keys->seal("ada", "secret");
  keys->seal("bob", "other");
  for (std::size_t i = 0; i < sealed.box.size(); ++i) {
    auto changed = sealed;
    changed.box[i] ^= 1;
    CHECK(!keys->open(changed));
  }
  CHECK(!keys->open({"bob", sealed.box}));
  CHECK(!keys->open({"ada", "short"}));
  CHECK(!keys->open({}));
}

TEST_CASE("an erased subject can't be read again by anybody") {
  const TemporaryDirectory directory;
  const auto keys = SubjectKeys::open_directory(directory.path).value();
  const auto ada = *keys->seal("ada", "secret");
  const auto bob = *keys->seal("bob", "secret");
  CHECK(files_in(directory.path).size() == 2);
  CHECK(keys->erase("ada"));
  CHECK(keys->erase("ada"));
  CHECK(!keys->open(ada));
  CHECK(keys->open(bob) == "secret");
  CHECK(files_in(directory.path).size() == 1);
  CHECK(!SubjectKeys::open_directory(directory.path).value()->open(ada));
  // The subject may come back, under a key of its own.
  const auto again = *keys->seal("ada", "new");
  CHECK(keys->open(again) == "new");
  CHECK(!keys->open(ada));
}

TEST_CASE("an erasure that was cut short leaves no key that anybody knows") {
  const TemporaryDirectory directory;
  const auto ada = *SubjectKeys::open_directory(directory.path).value()->seal("ada", "secret");
  const auto file = files_in(directory.path).front();
  const std::string zeros(std::filesystem::file_size(file), '\0');
  std::ofstream(file, std::ios::binary) << zeros;

  const auto keys = SubjectKeys::open_directory(directory.path).value();
  CHECK(!keys->open(ada));
  const auto sealed = keys->seal("ada", "new");
  REQUIRE(sealed);
  CHECK(keys->open(*sealed) == "new");
  std::ifstream in(files_in(directory.path).front(), std::ios::binary);
  const std::string key{std::istreambuf_iterator<char>(in), {}};
  CHECK(key.find_first_not_of('\0') != std::string::npos);
  CHECK(SubjectKeys::open_directory(directory.path).value()->open(*sealed) == "new");
}

TEST_CASE("keys are readable by their owner only") {
  const TemporaryDirectory directory;
  const auto path = directory.path / "keys";
  SubjectKeys::open_directory(path).value()->seal("ada", "secret");
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
  REQUIRE(::stat(files_in(path).front().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
}

TEST_CASE("a key that can't be stored seals nothing") {
  const TemporaryDirectory directory;
  const auto path = directory.path / "keys";
  const auto keys = SubjectKeys::open_directory(path).value();
  std::filesystem::remove_all(path);
  CHECK(!keys->seal("ada", "secret"));
  std::ofstream(directory.path / "file") << "no directory";
  CHECK(SubjectKeys::open_directory(directory.path / "file").has_error());
}
