#include "drivers/slurm/runs/attempt_files.hpp"

#include <filesystem>

#include <catch2/catch.hpp>

#include "drivers/slurm/claim/claim_file.hpp"
#include "drivers/slurm/claim/claim_secret.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace orrery;

TEST_CASE("an attempt's files are its plan, where it isn't written yet, and its claim") {
  ScratchFolder folder;
  SlurmConfiguration configuration;
  configuration.server_url = "http://127.0.0.1:1";
  const auto run = RunDirectory::of(folder.path() / "runs", "7", 1);
  REQUIRE(make_run_directory(run));
  REQUIRE(make_run_directory(run));
  CHECK(std::filesystem::is_directory(run.work()));
  PreparedPlan plan;
  plan.launch.command = {"true"};
  plan.submission.order.nodes = {"a1"};
  const auto first = write_attempt(configuration, {run, 1, plan});
  REQUIRE(first.has_value());
  CHECK(run.launch()->command == plan.launch.command);
  CHECK(read_submission(run)->order.nodes == plan.submission.order.nodes);
  REQUIRE(read_claim(run, 1).has_value());
  CHECK(read_claim(run, 1)->run == "7.1");
  CHECK(*first == digest_of_claim_secret(read_claim(run, 1)->secret));
  const auto second = write_attempt(configuration, {run, 2, {}});
  REQUIRE(second.has_value());
  CHECK(*second != *first);
  remove_claims(run);
  CHECK_FALSE(read_claim(run, 1).has_value());
  CHECK_FALSE(read_claim(run, 2).has_value());
}

TEST_CASE("an attempt whose files can't be written has no digest") {
  ScratchFolder folder;
  const RunDirectory gone(folder.path() / "gone" / "7.1");
  CHECK_FALSE(write_attempt({}, {gone, 1, PreparedPlan{}}).has_value());
  CHECK_FALSE(write_attempt({}, {gone, 1, {}}).has_value());
}
