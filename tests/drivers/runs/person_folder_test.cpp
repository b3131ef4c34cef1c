#include "drivers/runs/person_folder.hpp"

#include <vector>

#include <fcntl.h>
#include <catch2/catch.hpp>

#include "tests/support/scratch_folder.hpp"

using namespace orrery;

TEST_CASE("a person's folder is made for its owner only") {
  const ScratchFolder scratch;
  const auto homes = scratch.path() / "home";
  const auto folder = person_folder(homes, "kim");
  CHECK(folder == homes / "kim");
  using std::filesystem::perms;
  CHECK(std::filesystem::status(folder).permissions() == perms::owner_all);
  CHECK(person_folder(homes, "kim") == folder);
}

TEST_CASE("no name leads to a folder that isn't a person's") {
  const ScratchFolder scratch;
  for (const auto& name : std::vector<std::string>{"", ".", "..", "kim/x", "../kim", {"a\0b", 3}})
    CHECK(person_folder(scratch.path(), name).empty());
  CHECK(person_folder({}, "kim").empty());
}

TEST_CASE("a place is one within the folder, by its words") {
  const std::filesystem::path kim = "/data/center/kim";
  CHECK(place_in_folder(kim, "", "out") == "out");
  CHECK(place_in_folder(kim, ".", "out") == "out");
  CHECK(place_in_folder(kim, "runs", "../out") == "out");
  CHECK(place_in_folder(kim, "", "") == ".");
  CHECK(place_in_folder(kim, "", "/data/center/kim/a/b") == "a/b");
  CHECK(place_in_folder(kim, "", "/data/center/kim") == ".");
  CHECK_FALSE(place_in_folder(kim, "", "../lee/out"));
  CHECK_FALSE(place_in_folder(kim, "runs", "../../lee"));
  CHECK_FALSE(place_in_folder(kim, "", "/data/center/kim2/x"));
  CHECK_FALSE(place_in_folder(kim, "", "/etc/passwd"));
  CHECK_FALSE(place_in_folder(kim, "", std::string("a\0b", 3)));
}

TEST_CASE("no link leads out of the folder") {
  const ScratchFolder scratch;
  const auto folder = person_folder(scratch.path(), "kim");
  const auto other = person_folder(scratch.path(), "lee");
  std::filesystem::create_symlink(other, folder / "away");
  std::filesystem::create_symlink("../lee", folder / "near");
  std::filesystem::create_symlink("/proc/self/root", folder / "magic");
  std::filesystem::create_directory(folder / "runs");
  std::filesystem::create_symlink("runs", folder / "here");
  const auto opens = [&](const std::string& place) {
    return static_cast<bool>(open_in_folder(folder, place, O_CREAT | O_WRONLY, 0600));
  };
  CHECK(opens("runs/out"));
  CHECK(opens("here/out"));  // What stays within may be a link.
  for (const std::string place :
       {"away/out", "near/out", "magic/tmp/out", "../lee/out", "runs/../../lee/out", "/etc/motd"})
    CHECK_FALSE(opens(place));
  CHECK(std::filesystem::is_empty(other));
}
