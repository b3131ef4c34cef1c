#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>

#include <fmt/format.h>
#include <boost/algorithm/string/join.hpp>

#include "cli/configuration_sources.hpp"
#include "cli/exit_codes.hpp"
#include "cli/slurm/commands.hpp"
#include "cli/slurm/job_list.hpp"
#include "cli/slurm/pause.hpp"
#include "cli/slurm/submission.hpp"
#include "http/aicenter/sbatch/values.hpp"

namespace orrery::slurm {

namespace {

constexpr std::string_view help =
    "Usage: srun [OPTIONS(0)... [executable(0) [args(0)...]]]\n"
    "Takes sbatch's options (`sbatch --help`), and:\n"
    "      --pty                   for shells; the command has this terminal in any case\n"
    "The center keeps the GPUs for as long as the command runs, on this machine.\n"
    "\nServer:\n"
    "      --server=URL, --data=DIR   where it is, see `squeue --help`\n";

constexpr std::chrono::milliseconds look_again{250};
/// A command that ignores the first signal has so many looks before the second.
constexpr unsigned looks_until_kill = 40;
/// So many looks without an answer, and nobody waits any longer for resources.
constexpr unsigned silences_max = 240;
/// Holds the allocation: what counts is the command beside it.
constexpr std::string_view holder = "#!/bin/sh\nexec sleep infinity\n";

void say(const std::string& message) { std::cerr << "srun: " << message << '\n'; }

/// The allocation of one call, ended with it.
class Allocation {
 public:
  Allocation(const Client& client, std::uint32_t id) : client_(client), id_(id) {
    wishes_.ids = std::to_string(id);
    wishes_.states = "all";
  }

  std::uint32_t id() const { return id_; }

  /// As it is now; nothing where the server doesn't say.
  std::optional<JobList> look() const {
    auto list = load_jobs(client_, wishes_);
    if (!list || list->rows.empty()) return std::nullopt;
    return std::move(*list);
  }

  void end() const {
    const auto gone = client_.remove(fmt::format("{}/job/{}", controller, id_));
    if (!gone) say("error: " + gone.error().message);
  }

 private:
  const Client& client_;
  std::uint32_t id_;
  JobWishes wishes_;
};

/// How the wait for an allocation stands, and what has been said of it.
struct Patience {
  unsigned silences = 0;
  unsigned pending_looks = 0;
};
enum class Prospect : std::uint8_t { waits, runs, lost };

Prospect judge(const std::optional<JobList>& list, std::uint32_t id, Patience& patience) {
  if (!list) {
    if (++patience.silences < silences_max) return Prospect::waits;
    say("error: Unable to allocate resources: the server doesn't say how the job is");
    return Prospect::lost;
  }
  patience.silences = 0;
  const auto& row = list->rows.front();
  if (row.state() == "RUNNING") return Prospect::runs;
  if (row.has_ended()) {
    say(fmt::format("error: Unable to allocate resources: job {} is {}", id, row.state()));
    return Prospect::lost;
  }
  // A scheduler takes a moment also where there is room.
  if (row.is_pending() && ++patience.pending_looks == 2)
    say(fmt::format("job {} queued and waiting for resources", id));
  return Prospect::waits;
}

/// Whether somebody interrupts within the time.
bool is_interrupted(const HeldSignals& signals, const Allocation& allocation) {
  const auto signal = signals.wait_for(look_again);
  if (!signal || *signal == SIGCHLD) return false;
  say(fmt::format("Cancelled pending job {}", allocation.id()));
  return true;
}

/// Until it runs; nothing where it won't, or somebody interrupts: then it is given back.
std::optional<JobList> await_start(const Allocation& allocation, const HeldSignals& signals) {
  Patience patience;
  for (;;) {
    auto list = allocation.look();
    const auto prospect = judge(list, allocation.id(), patience);
    if (prospect == Prospect::runs) {
      if (patience.pending_looks > 1)
        say(fmt::format("job {} has been allocated resources", allocation.id()));
      return list;
    }
    if (prospect == Prospect::waits && !is_interrupted(signals, allocation)) continue;
    if (!list || !list->rows.front().has_ended()) allocation.end();
    return std::nullopt;
  }
}

/// "gpu:a100:2(IDX:0-1)" → "0,1"
std::string gpu_indices(const JobRow& job) {
  const auto details = list_of(job.json(), "gres_detail");
  if (details.empty() || !details.front().is_string()) return {};
  const std::string_view text = details.front().as_string();
  const auto begin = text.find("IDX:");
  if (begin == std::string_view::npos) return {};
  const auto ranges = text.substr(begin + 4, text.find(')') - begin - 4);
  const auto parsed = sbatch::parse_array(ranges);
  if (!parsed) return {};
  std::vector<std::string> indices;
  indices.reserve(parsed->task_ids.size());
  for (const auto index : parsed->task_ids) indices.push_back(std::to_string(index));
  return boost::algorithm::join(indices, ",");
}

/// This process's, with what Slurm tells a command about its job.
std::vector<std::string> environment_of(const JobRow& job) {
  auto variables = process_environment();
  const auto& json = job.json();
  const auto number = [&](std::string_view key) { return std::to_string(number_of(json, key)); };
  const auto nodes = job.nodes();
  variables["CUDA_VISIBLE_DEVICES"] = gpu_indices(job);
  variables["SLURM_CLUSTER_NAME"] = text_of(json, "cluster");
  variables["SLURM_JOBID"] = variables["SLURM_JOB_ID"] = std::to_string(job.id());
  variables["SLURM_JOB_ACCOUNT"] = text_of(json, "account");
  variables["SLURM_JOB_GPUS"] = variables["SLURM_STEP_GPUS"] = gpu_indices(job);
  variables["SLURM_JOB_NAME"] = text_of(json, "name");
  variables["SLURM_JOB_NODELIST"] = variables["SLURM_NODELIST"] = nodes;
  variables["SLURM_JOB_NUM_NODES"] = variables["SLURM_NNODES"] = number("node_count");
  variables["SLURM_JOB_PARTITION"] = text_of(json, "partition");
  variables["SLURM_JOB_QOS"] = text_of(json, "qos");
  variables["SLURM_JOB_UID"] = number("user_id");
  variables["SLURM_JOB_USER"] = text_of(json, "user_name");
  variables["SLURM_CPUS_ON_NODE"] = number("minimum_cpus_per_node");
  variables["SLURM_NPROCS"] = variables["SLURM_NTASKS"] = number("tasks");
  variables["SLURM_PROCID"] = variables["SLURM_LOCALID"] = variables["SLURM_NODEID"] = "0";
  variables["SLURMD_NODENAME"] = text_of(json, "batch_host");
  variables["SLURM_SUBMIT_DIR"] = std::filesystem::current_path().string();
  std::vector<std::string> lines;
  lines.reserve(variables.size());
  for (const auto& [name, value] : variables) lines.push_back(fmt::format("{}={}", name, value));
  return lines;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (auto& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Its process id; nothing where there is no such program.
std::optional<pid_t> start(std::vector<std::string> command, const JobRow& job,
                           const HeldSignals& signals) {
  auto environment = environment_of(job);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setsigmask(&attributes, &signals.before());
  pid_t process = 0;
  const int failure = posix_spawnp(&process, command.front().c_str(), nullptr, &attributes,
                                   pointers_to(command).data(), pointers_to(environment).data());
  posix_spawnattr_destroy(&attributes);
  if (failure == 0) return process;
  say(fmt::format("error: execve(): {}: {}", command.front(), std::strerror(failure)));
  return std::nullopt;
}

/// The exit code of a command that has ended.
std::optional<int> exit_code_of(pid_t process) {
  int status = 0;
  if (waitpid(process, &status, WNOHANG) != process) return std::nullopt;
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/// A terminal sends Ctrl-C to the command by itself.
void pass_on(std::optional<int> signal, pid_t process) {
  if (signal && *signal != SIGCHLD && *signal != SIGINT) kill(process, *signal);
}

/// Whether the job is over, which the command is told then.
bool ends_with_its_job(pid_t process, const Allocation& allocation) {
  const auto now = allocation.look();
  if (!now || !now->rows.front().has_ended()) return false;
  say(fmt::format("Force Terminated job {}: {}", allocation.id(), now->rows.front().state()));
  kill(process, SIGTERM);
  return true;
}

/// Until the command has ended, which it does where its job is over; its exit code.
int follow(pid_t process, const Allocation& allocation, const HeldSignals& signals) {
  bool is_over = false;
  unsigned looks = 0;
  for (;;) {
    if (const auto code = exit_code_of(process)) {
      if (!is_over) allocation.end();
      return *code;
    }
    pass_on(signals.wait_for(look_again), process);
    is_over = is_over || ends_with_its_job(process, allocation);
    if (is_over && ++looks == looks_until_kill) kill(process, SIGKILL);
  }
}

int run(const Client& client, const sbatch::CommandLine& line) {
  const HeldSignals signals;
  Submission submission{std::string(holder), {}, line.options, {}, true};
  submission.default_name = std::filesystem::path(line.operands.front()).filename().string();
  const auto id = submit(client, submission);
  if (!id)
    return complain_of_submission("srun", "Unable to allocate resources", id.error(), line.options);
  const Allocation allocation(client, *id);
  const auto running = await_start(allocation, signals);
  if (!running) return exit_failure;
  const auto process = start(line.operands, running->rows.front(), signals);
  if (process) return follow(*process, allocation, signals);
  allocation.end();
  return exit_usage;
}

}  // namespace

int srun(Words words) {
  const auto parse = [](Words some) {
    return sbatch::parse_command_line(sbatch::Tool::srun, some);
  };
  const auto [server, rest] = take_server_words(words, [&](Words some) {
    const auto line = parse(some);
    return line && !line->operands.empty();
  });
  auto line = parse(rest);
  if (!line) return complain_of_option("srun", line.error());
  if (line->options.wants_help || line->options.wants_usage) {
    std::cout << help;
    return exit_success;
  }
  if (line->options.wants_version) {
    std::cout << "slurm 22.05.8\n";
    return exit_success;
  }
  if (line->operands.empty()) {
    std::cerr << "srun: fatal: No command given to execute.\n";
    return exit_failure;
  }
  auto options = sbatch::parse_environment(sbatch::Tool::srun,
                                           [](const char* name) { return std::getenv(name); });
  if (!options) return complain_of_option("srun", options.error());
  sbatch::override_by(*options, line->options);
  line->options = std::move(*options);
  const auto client = Client::find(server);
  if (!client) return complain("srun", client.error().message);
  return run(*client, *line);
}

}  // namespace orrery::slurm
