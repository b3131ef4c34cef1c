#include "drivers/slurm/claim/claim_file.hpp"

#include <cerrno>
#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

#include "tests/support/scratch_folder.hpp"

using namespace orrery;

namespace {

const ClaimOrder order{"7.1", 2, "secret", "http://127.0.0.1:1", 60};

}  // namespace

TEST_CASE("what an attempt claims with is its owner's, and read as it was written") {
  ScratchFolder folder;
  const RunDirectory run(folder.path());
  REQUIRE(write_claim(run, order));
  CHECK(std::filesystem::status(claim_file(run, 2)).permissions() ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  const auto read = read_claim(run, 2);
  REQUIRE(read.has_value());
  CHECK(read->secret == "secret");
  CHECK(read->server_url == "http://127.0.0.1:1");
  CHECK(read->patience_s == 60);
}

TEST_CASE("a claim that isn't there is told from one that can't be read") {
  ScratchFolder folder;
  const RunDirectory run(folder.path());
  CHECK_FALSE(read_claim(run, 1).has_value());
  CHECK(errno == ENOENT);
  const auto refused = [&](const std::string& text) {
    std::ofstream(claim_file(run, 2)) << text;
    errno = 1;
    return !read_claim(run, 2).has_value() && errno == 0;
  };
  CHECK(refused("{"));
  CHECK(refused("{}"));
  CHECK(refused(R"({"run":"7.1","attempt":1,"secret":"x"})"));  // Of another attempt.
}
