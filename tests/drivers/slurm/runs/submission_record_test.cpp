#include "drivers/slurm/runs/submission_record.hpp"

#include <catch2/catch.hpp>

#include "tests/support/scratch_folder.hpp"

using namespace orrery;

TEST_CASE("what Slurm is asked for is read as it was written") {
  ScratchFolder folder;
  const RunDirectory directory(folder.path());
  CHECK_FALSE(read_submission(directory).has_value());
  SubmissionRecord written;
  written.order.nodes = {"a1", "a2"};
  written.order.gpus_per_node = 4;
  written.node_id = "slurm-a1";
  written.job_attempt = 2;
  REQUIRE(write_submission(directory, written));
  const auto read = read_submission(directory);
  REQUIRE(read.has_value());
  CHECK(read->order.nodes == written.order.nodes);
  CHECK(read->order.gpus_per_node == 4);
  CHECK(read->node_id == "slurm-a1");
  CHECK(read->job_attempt == 2);
}

TEST_CASE("the job of an attempt is named by it, and claims it whatever its path") {
  const auto directory = RunDirectory::of("/shared/it's here", "job-7", 3);
  const auto order = order_of_attempt({}, directory, 2, "/opt/orrery");
  CHECK(order.name == "job-7.3.2");
  CHECK(order.script ==
        "#!/bin/sh\nexec '/opt/orrery' claim --run '/shared/it'\\''s here/job-7.3' --attempt 2\n");
}

TEST_CASE("names of jobs that can't be ours are none of ours") {
  const auto name = attempt_of_job("job-7.3.2");
  REQUIRE(name.has_value());
  CHECK(name->run == "job-7.3");
  CHECK(name->attempt == 2);
  for (const auto* other : {"", "training", "7.3", "a.b.c", "7.3.0", "7.3.x", ".1.1", "7..1"})
    CHECK_FALSE(attempt_of_job(other).has_value());
}
