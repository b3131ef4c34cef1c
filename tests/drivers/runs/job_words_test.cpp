#include <catch2/catch.hpp>

#include "drivers/local_process/gpu_utilisation.hpp"
#include "drivers/runs/job_environment.hpp"
#include "drivers/runs/job_planning.hpp"
#include "drivers/runs/output_pattern.hpp"

using namespace orrery;

namespace {

OutputNames alone() { return {1'083, {}, "n", "kim", "a100-n1"}; }

StartJob start_of_array_task() {
  StartJob start;
  start.job_id = "1073";
  start.node_id = "a100-n1";
  start.places = {{"a100-n1", {0, 1}}, {"a100-n2", {2, 3}}};
  start.attempt = 1;
  start.partition = "p1";
  start.specification.cluster = "aicenter";
  start.specification.user = "kim";
  start.specification.account = "vision";
  start.specification.name = "j.sh";
  start.specification.resources = {2, "a100", 2, 3, 2, 4, 200, false};
  start.task = JobArrayTask{1'070, 1, 0};
  start.array = JobArrayExtent{3, 1, 5, 2};
  return start;
}

}  // namespace

TEST_CASE("names of output files are filled in as slurmd does") {
  // What slurmd 22.05 made of the same patterns.
  CHECK(fill_in_output_pattern("y%%-%q-%10j-%A-%a-%3j-%12j-%0j-%-%z-%", alone()) ==
        "y%-%q-0000001083-1083-4294967294-1083-0000001083-1083-%-%z-%");
  CHECK(fill_in_output_pattern(R"(x%%%%-%x-%q-%10j-%A-%a-\%j)", alone()) ==
        "x%%%%-%x-%q-%10j-%A-%a-%j");
  OutputNames task{1'074, JobArrayTask{1'070, 3, 0}, "j.sh", "kim", "a1"};
  CHECK(fill_in_output_pattern("o.%A_%a.%J.%j.%x.%u.%N.%n.%s.%t.%5j.%%", task) ==
        "o.1070_3.1074.1074.j.sh.kim.a1.0.batch.0.01074.%");
  CHECK(fill_in_output_pattern(default_output_pattern(false), alone()) == "slurm-1083.out");
  CHECK(fill_in_output_pattern(default_output_pattern(true), task) == "slurm-1070_3.out");
}

TEST_CASE("a batch script is told about its job as Slurm tells it") {
  const auto told = slurm_variables(start_of_array_task(), "a100-n1", "/shared/kim");
  // From the environment of such a job under slurmd 22.05, but for names and folders.
  const Variables expected{{"CUDA_DEVICE_ORDER", "PCI_BUS_ID"},
                           {"CUDA_VISIBLE_DEVICES", "0,1"},
                           {"ENVIRONMENT", "BATCH"},
                           {"SLURMD_NODENAME", "a100-n1"},
                           {"SLURM_ARRAY_JOB_ID", "1070"},
                           {"SLURM_ARRAY_TASK_COUNT", "3"},
                           {"SLURM_ARRAY_TASK_ID", "1"},
                           {"SLURM_ARRAY_TASK_MAX", "5"},
                           {"SLURM_ARRAY_TASK_MIN", "1"},
                           {"SLURM_ARRAY_TASK_STEP", "2"},
                           {"SLURM_CLUSTER_NAME", "aicenter"},
                           {"SLURM_CPUS_ON_NODE", "4"},
                           {"SLURM_CPUS_PER_TASK", "2"},
                           {"SLURM_GPUS_ON_NODE", "2"},
                           {"SLURM_GTIDS", "0"},
                           {"SLURM_JOBID", "1073"},
                           {"SLURM_JOB_ACCOUNT", "vision"},
                           {"SLURM_JOB_CPUS_PER_NODE", "4(x2)"},
                           {"SLURM_JOB_GPUS", "0,1"},
                           {"SLURM_JOB_ID", "1073"},
                           {"SLURM_JOB_NAME", "j.sh"},
                           {"SLURM_JOB_NODELIST", "a100-n1,a100-n2"},
                           {"SLURM_JOB_NUM_NODES", "2"},
                           {"SLURM_JOB_PARTITION", "p1"},
                           {"SLURM_JOB_USER", "kim"},
                           {"SLURM_LOCALID", "0"},
                           {"SLURM_MEM_PER_NODE", "200"},
                           {"SLURM_NNODES", "2"},
                           {"SLURM_NODEID", "0"},
                           {"SLURM_NODELIST", "a100-n1,a100-n2"},
                           {"SLURM_NPROCS", "3"},
                           {"SLURM_NTASKS", "3"},
                           {"SLURM_PROCID", "0"},
                           {"SLURM_SUBMIT_DIR", "/shared/kim"},
                           {"SLURM_SUBMIT_HOST", "a100-n1"},
                           {"SLURM_TASKS_PER_NODE", "2,1"}};
  CHECK(told == expected);
}

TEST_CASE("a job without GPUs sees none, and one that came back knows how often") {
  auto start = start_of_array_task();
  start.places = {{"a100-n1", {}}};
  start.attempt = 3;
  start.task.reset();
  const auto told = slurm_variables(start, "a100-n1", "/shared/kim");
  CHECK(told.at("CUDA_VISIBLE_DEVICES").empty());
  CHECK(told.at("SLURM_RESTART_COUNT") == "2");
  CHECK_FALSE(told.contains("SLURM_JOB_GPUS"));
  CHECK_FALSE(told.contains("SLURM_ARRAY_JOB_ID"));
}

TEST_CASE("what a job is told stands over what its user gives it") {
  const auto environment =
      job_environment({"A=b=c", "SLURM_JOB_ID=1", "ORRERY_RUN=x", "HOME=/root", "noequals", "=x",
                       "LD_PRELOAD=/tmp/evil.so", "PATH=/opt/bin:/bin"},
                      "/shared/kim", {{"SLURM_JOB_ID", "5"}});
  CHECK(environment.variables == Variables{{"A", "b=c"},
                                           {"HOME", "/shared/kim"},
                                           {"LANG", "C.UTF-8"},
                                           {"PATH", "/opt/bin:/bin"},
                                           {"SLURM_JOB_ID", "5"}});
  // The sandbox's own program must not load it.
  CHECK(environment.held_back == std::vector<std::string>{"LD_PRELOAD=/tmp/evil.so"});
}

TEST_CASE("the parts of a text end with a NUL or with the text") {
  using Parts = std::vector<std::string>;
  CHECK(parts_of("").empty());
  CHECK(parts_of(std::string_view("a\0\0b\0", 5)) == Parts{"a", "", "b"});
  CHECK(parts_of(std::string_view("a\0b", 3)) == Parts{"a", "b"});
}

TEST_CASE("a cancelled job finds in its error file what slurmstepd writes there") {
  CHECK(cancellation_notice("1077", "a1", JobStopReason::cancelled, "2026-11-22T05:29:21") ==
        "slurmstepd: error: *** JOB 1077 ON a1 CANCELLED AT 2026-11-22T05:29:21 ***");
  CHECK(cancellation_notice("5", "a1", JobStopReason::time_limit, "T") ==
        "slurmstepd: error: *** JOB 5 ON a1 CANCELLED AT T DUE TO TIME LIMIT ***");
  CHECK(cancellation_notice("5", "a1", JobStopReason::preempted, "T") ==
        "slurmstepd: error: *** JOB 5 ON a1 CANCELLED AT T DUE TO PREEMPTION ***");
}

TEST_CASE("runs of jobs and of services have names of their own") {
  CHECK(run_id_of_job("5") == "job-5");
  CHECK(job_of_run("job-5") == "5");
  CHECK_FALSE(job_of_run("5"));
}

TEST_CASE("a GPU of which nothing is known is not taken for an idle one") {
  CHECK(utilisation_of_list("0, 37\n1, [N/A]\n2, 0\n3, 250\nNo devices were found\n") ==
        GpuUtilisation{{0, 37}, {2, 0}, {3, 100}});
  CHECK(utilisation_of_list("").empty());
}
