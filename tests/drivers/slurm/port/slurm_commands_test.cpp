#include "drivers/slurm/port/slurm_commands.hpp"

#include <algorithm>
#include <fstream>

#include <catch2/catch.hpp>

#include "drivers/runs/file_text.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace orrery;

namespace {

/// Programs of this folder in place of Slurm's.
class Programs {
 public:
  void add(const std::string& name, const std::string& script) const {
    const auto file = folder_.path() / name;
    std::ofstream(file) << "#!/bin/sh\n" << script;
    std::filesystem::permissions(file, std::filesystem::perms::owner_all);
  }
  std::string written(const std::string& name) const {
    return read_file_text((folder_.path() / name).string());
  }
  std::string place(const std::string& name) const { return (folder_.path() / name).string(); }
  SlurmAccess access() const {
    SlurmAccess access;
    access.programs = folder_.path();
    access.slurm_conf = "/etc/slurm/other.conf";
    return access;
  }

 private:
  ScratchFolder folder_;
};

SlurmOrder small_order() {
  SlurmOrder order;
  order.name = "run-1.1.1";
  order.script = "#!/bin/sh\nexec true\n";
  order.nodes = {"a1"};
  order.work_directory = "/srv/run";
  order.output = "/srv/run/job.log";
  return order;
}

bool has(const std::vector<std::string>& words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

TEST_CASE("sbatch is asked for what the order says, and for no more") {
  auto order = small_order();
  const auto least = SlurmCommands::submit_arguments(order);
  for (const auto* const word :
       {"--parsable", "--no-requeue", "--job-name=run-1.1.1", "--nodes=1", "--nodelist=a1",
        "--cpus-per-task=1", "--chdir=/srv/run", "--output=/srv/run/job.log"})
    CHECK(has(least, word));
  for (const auto& word : least)
    for (const auto* const unasked : {"--gres", "--mem", "--time", "--partition", "--account"})
      CHECK_FALSE(word.starts_with(unasked));
  order.nodes = {"a1", "a2"};
  order.partition = "gpu";
  order.account = "physics";
  order.gpus_per_node = 2;
  order.memory_mib_per_node = 1'000;
  order.time_limit_min = 90;
  const auto more = SlurmCommands::submit_arguments(order);
  for (const auto* const word : {"--nodes=2", "--nodelist=a1,a2", "--gres=gpu:2", "--mem=1000M",
                                 "--time=90", "--partition=gpu", "--account=physics"})
    CHECK(has(more, word));
}

TEST_CASE("sbatch gets the script, and a job's environment is small") {
  const Programs programs;
  programs.add("sbatch", "cat >" + programs.place("script") + "; env >" +
                             programs.place("environment") + "; echo '1000;test'\n");
  CHECK(SlurmCommands(programs.access()).submit(small_order()).value() == 1'000);
  CHECK(programs.written("script") == small_order().script);
  const auto environment = programs.written("environment");
  CHECK(environment.find("SLURM_CONF=/etc/slurm/other.conf\n") != std::string::npos);
  CHECK(environment.find("HOME=") == std::string::npos);
}

TEST_CASE("what goes wrong with a program says what follows") {
  const Programs programs;
  auto access = programs.access();
  SlurmCommands slurm(access);
  CHECK(slurm.submit(small_order()).error().trouble == SlurmTrouble::unusable);
  programs.add("sbatch", "echo 'sbatch: error: Invalid partition name specified' >&2; exit 1\n");
  CHECK(slurm.submit(small_order()).error().trouble == SlurmTrouble::refused);
  programs.add("sbatch", "echo 'Submitted'\n");
  CHECK(slurm.submit(small_order()).error().trouble == SlurmTrouble::unknown);
  programs.add("squeue", "echo 'squeue: error: Socket timed out' >&2; exit 1\n");
  CHECK(slurm.jobs().error().trouble == SlurmTrouble::unknown);
  programs.add("scancel", "echo 'Kill job error: Invalid job id specified' >&2; exit 1\n");
  CHECK(slurm.cancel(7, "run-1.1.1").has_value());
  access.deadline = std::chrono::milliseconds(100);
  programs.add("sbatch", "echo 'sbatch: error: Invalid partition name' >&2; sleep 1000\n");
  CHECK(SlurmCommands(access).submit(small_order()).error().trouble == SlurmTrouble::unknown);
}
