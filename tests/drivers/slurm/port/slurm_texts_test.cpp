#include "drivers/slurm/port/slurm_texts.hpp"

#include <catch2/catch.hpp>

#include "tests/drivers/slurm/port/recorded.hpp"

using namespace orrery;

TEST_CASE("squeue's list is read, whatever jobs are called") {
  const auto jobs = read_squeue(recorded("squeue.txt")).value();
  REQUIRE(jobs.size() == 9);
  CHECK(jobs[0] == SlurmJob{1018, "q.1", SlurmJobState::completed, "None"});
  CHECK(jobs[2] == SlurmJob{1017, "q.1", SlurmJobState::failed, "BadConstraints"});
  CHECK(jobs[4] == SlurmJob{1025, "a", SlurmJobState::failed, "NonZeroExitCode"});  // "a\nb"
  CHECK(jobs[5] == SlurmJob{1023, "w.2.1", SlurmJobState::pending, "Resources"});
  CHECK(jobs[6] == SlurmJob{1020, "svc-1.3.1", SlurmJobState::running, "None"});
  CHECK(jobs[7] == SlurmJob{1021, "run|2.1.1", SlurmJobState::running, "None"});
  CHECK(read_squeue("").value().empty());
  CHECK(read_squeue("12\x1fREVOKED\x1fNone\x1fx\n").value().front().state == SlurmJobState::other);
}

TEST_CASE("a list that is cut, or isn't one, is no list") {
  CHECK_FALSE(read_squeue("slurm_load_jobs error: Unable to contact slurm controller\n"));
  const auto whole = recorded("squeue.txt");
  CHECK_FALSE(read_squeue(std::string_view(whole).substr(0, whole.size() - 1)));
  CHECK_FALSE(read_squeue(std::string_view(whole).substr(0, whole.size() / 2)));
  const auto nodes = recorded("scontrol_nodes.txt");
  CHECK_FALSE(read_scontrol_nodes(std::string_view(nodes).substr(0, nodes.size() / 2)));
}

TEST_CASE("scontrol's nodes are read, with use, drains and reasons") {
  const auto nodes = read_scontrol_nodes(recorded("scontrol_nodes.txt")).value();
  REQUIRE(nodes.size() == 8);
  CHECK(nodes[0] == recorded_a1());
  CHECK(nodes[1].is_drained);
  CHECK_FALSE(nodes[1].is_down);
  CHECK(nodes[1].reason == "broken fan State=IDLE x");
  CHECK(nodes[2].is_down);
  CHECK(nodes[2].reason == "x y");
  CHECK(nodes[2].partitions == std::vector<std::string>{"gpu"});  // The comment names another.
  CHECK(nodes[3].is_drained);                                     // In maintenance.
  CHECK(nodes[4].gpus_used == 3);
  CHECK(nodes[5].is_drained);  // Reserved.
  CHECK_FALSE(nodes[6].is_drained);
  CHECK(nodes[7].is_drained);  // It doesn't answer.
  CHECK_FALSE(nodes[7].is_down);
}

TEST_CASE("scontrol's partitions are read, with their limits and whom they are for") {
  CHECK(read_scontrol_partitions(recorded("scontrol_partitions.txt")) == recorded_partitions());
  CHECK_FALSE(read_scontrol_partitions("PartitionName=gpu AllowGroups=A"));  // It was cut.
  CHECK(read_scontrol_partitions("No partitions in the system\n")->empty());
}

TEST_CASE("the controller is known by when it began, in whatever form it is told") {
  const SlurmController expected{"test", "22.05.8", 1'795'356'348};
  CHECK(read_scontrol_config(recorded("scontrol_config.txt")) == expected);
  CHECK(read_scontrol_config("BOOT_TIME = 2026-11-22T14:05:48\nClusterName=test\n"
                             "SLURM_VERSION = 22.05.8\n") == expected);
  CHECK_FALSE(read_scontrol_config("ClusterName = test\nBOOT_TIME = Unknown\n"));
}

TEST_CASE("sbatch's number is read, of a cluster among several too") {
  CHECK(read_sbatch("1000\n") == 1000);
  CHECK(read_sbatch("Your budget is low.\n1001;test\n") == 1001);
  CHECK_FALSE(read_sbatch("Submitted\n"));
}
