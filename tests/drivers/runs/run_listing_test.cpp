#include "drivers/runs/run_listing.hpp"

#include <chrono>

#include <catch2/catch.hpp>

#include "tests/support/scratch_folder.hpp"

using namespace orrery;

TEST_CASE("runs are listed by when they changed, and nothing else is") {
  namespace fs = std::filesystem;
  ScratchFolder folder;
  CHECK(list_runs(folder.path() / "missing").empty());
  const auto now = fs::file_time_type::clock::now();
  for (const auto& [name, age] : {std::pair("7.2", 1), std::pair("job-5.1", 3), std::pair("9.9", 2),
                                  std::pair("images", 4), std::pair(".x", 5)}) {
    fs::create_directory(folder.path() / name);
    fs::last_write_time(folder.path() / name, now - std::chrono::hours(age));
  }
  CHECK(list_runs(folder.path()) == std::vector<fs::path>{folder.path() / "job-5.1",
                                                          folder.path() / "9.9",
                                                          folder.path() / "7.2"});
}
