#include "cli/shared_folder.hpp"

#include <catch2/catch.hpp>

#include "tests/support/scratch_folder.hpp"

namespace orrery {

TEST_CASE("whether a folder can be written into is tried, and nothing stays of it") {
  const ScratchFolder folder;
  CHECK(problem_of_writing(folder.path()).empty());
  CHECK(problem_of_writing(folder.path() / "not/there/yet").empty());
  CHECK(std::filesystem::is_empty(folder.path()));
  CHECK_FALSE(look_at_folder(folder.path()).kind.empty());
}

TEST_CASE("a folder whose file system takes no files is one with a problem, whoever asks") {
  CHECK_FALSE(problem_of_writing("/proc").empty());
  CHECK_FALSE(problem_of_writing("/proc/not-there").empty());
}

}  // namespace orrery
