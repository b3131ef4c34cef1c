#include "drivers/slurm/port/slurm_words.hpp"

#include <catch2/catch.hpp>

#include "drivers/slurm/port/slurm_trouble.hpp"

using namespace orrery;

TEST_CASE("GPUs are found among generic resources") {
  using All = std::vector<SlurmGpus>;
  CHECK(slurm_gpus("gpu:a100:4(S:0-1)") == All{{"a100", 4}});
  CHECK(slurm_gpus("license:3,gpu:a100:2(IDX:0,3),gpu:a40:1(IDX:1)") ==
        All{{"a100", 2}, {"a40", 1}});
  CHECK(slurm_gpus("gpu:8") == All{{"", 8}});
  CHECK(slurm_gpus("gpu:(null):3(IDX:0-2)") == All{{"", 3}});
  CHECK(slurm_gpus("(null)").empty());
  CHECK(slurm_gpus("").empty());
  SlurmNode node;
  count_gpus(node, "gpu:a40:1,gpu:a100:4", "gpu:a40:1(IDX:0),gpu:a100:2(IDX:1-2)");
  CHECK(node.gpu_type == "a100");
  CHECK(node.gpu_count == 4);
  CHECK(node.gpus_used == 2);
}

TEST_CASE("a node's state tells whether it runs anything and takes more") {
  struct Case {
    std::string_view word;
    bool is_down, is_drained;
  };
  for (const auto& [word, is_down, is_drained] :
       {Case{"IDLE", false, false}, Case{"MIXED", false, false}, Case{"allocated", false, false},
        Case{"POWERED_DOWN", false, false}, Case{"IDLE~", false, false},
        Case{"COMPLETING", false, false}, Case{"DOWN*", true, true}, Case{"IDLE*", false, true},
        Case{"DOWN", true, false}, Case{"DRAIN", false, true}, Case{"RESERVED", false, true},
        Case{"MAINT", false, true}, Case{"FUTURE", true, false}, Case{"UNKNOWN", false, true}}) {
    SlurmNode node;
    note_node_state(node, word);
    INFO(word);
    CHECK(node.is_down == is_down);
    CHECK(node.is_drained == is_drained);
  }
}

TEST_CASE("a job that waits for a node that takes no work is told from one that waits its turn") {
  CHECK(awaits_nodes("ReqNodeNotAvail, UnavailableNodes:b1"));
  CHECK(awaits_nodes("ReqNodeNotAvail"));
  CHECK(awaits_nodes("PartitionNodeLimit"));  // Said of nodes that are down or drained, too.
  CHECK(
      awaits_nodes("Nodes required for job are DOWN, DRAINED or reserved for jobs in higher "
                   "priority partitions"));
  for (const auto* reason : {"None", "Priority", "Resources", "BeginTime", ""})
    CHECK_FALSE(awaits_nodes(reason));
  CHECK(awaits_room("Resources"));
  CHECK(awaits_room("Priority"));
  for (const auto* reason : {"None", "ReqNodeNotAvail", "JobHeldUser"})
    CHECK_FALSE(awaits_room(reason));
}

TEST_CASE("a reason that doesn't pass is told from one that does") {
  for (const auto* reason : {"PartitionTimeLimit", "BadConstraints", "AccountNotAllowed",
                             "QOSMaxGRESPerJob", "AssocMaxWallDurationPerJobLimit"})
    CHECK(is_blocked_for_good(reason));
  for (const auto* reason :
       {"None", "Priority", "Resources", "JobHeldAdmin", "JobHeldUser", "AssocGrpGRES",
        "QOSMaxGRESPerUser", "PartitionDown", "Licenses", "Reservation",
        "ReqNodeNotAvail, UnavailableNodes:b1", "PartitionNodeLimit", "QOSTimeLimit"})
    CHECK_FALSE(is_blocked_for_good(reason));
}

TEST_CASE("only what Slurm will refuse again is refused") {
  CHECK(slurm_trouble("sbatch: error: Batch job submission failed: Invalid partition name "
                      "specified") == SlurmTrouble::refused);
  CHECK(slurm_trouble("sbatch: error: Batch job submission failed: Requested node configuration is "
                      "not available") == SlurmTrouble::refused);
  CHECK(slurm_trouble("sbatch: error: Batch job submission failed: Unable to contact slurm "
                      "controller (connect failure)") == SlurmTrouble::unknown);
  CHECK(slurm_trouble("sbatch: error: Batch job submission failed: Socket timed out on send/recv "
                      "operation") == SlurmTrouble::unknown);
  CHECK(slurm_trouble("sbatch: error: AssocMaxSubmitJobLimit") == SlurmTrouble::unknown);
  CHECK(slurm_trouble("scancel: error: Kill job error on job id 1016: Access/permission denied") ==
        SlurmTrouble::unusable);
  CHECK(says_no_such_job("scancel: error: Kill job error on job id 9: Invalid job id specified"));
  CHECK_FALSE(says_no_such_job("scancel: error: Socket timed out on send/recv operation"));
}
