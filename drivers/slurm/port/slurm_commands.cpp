#include "drivers/slurm/port/slurm_commands.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>
#include <unistd.h>
#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/trim.hpp>

#include "drivers/runs/program_search.hpp"
#include "drivers/slurm/port/slurm_texts.hpp"
#include "drivers/slurm/port/slurm_trouble.hpp"
#include "drivers/slurm/port/slurm_words.hpp"

namespace orrery {
namespace {

/// Of a sentence for people.
constexpr std::size_t message_bytes_max = 1'000;

/// Ours, of which nothing is inherited: variables such as SBATCH_PARTITION would change what is
/// asked for.
std::vector<std::string> environment_of(const SlurmAccess& access, bool reaches_job) {
  std::vector<std::string> environment{fmt::format("PATH={}", search_path)};
  if (!access.slurm_conf.empty()) environment.push_back("SLURM_CONF=" + access.slurm_conf.string());
  if (!reaches_job)
    environment.insert(environment.end(), {"TZ=UTC", "LC_ALL=C", "SLURM_TIME_FORMAT=%s"});
  return environment;
}

SlurmFailure unusable(const std::string& message) { return {SlurmTrouble::unusable, message}; }

/// One that was killed may have done what it was to do, whatever it complained of before.
SlurmFailure failure_of(std::string_view program, const CommandEnd& end) {
  if (end.start_error != 0)
    return unusable(fmt::format("{} can't be run: {}", program,
                                std::generic_category().message(end.start_error)));
  const auto words = boost::algorithm::trim_copy(end.errors.substr(0, message_bytes_max));
  if (end.is_late)
    return {SlurmTrouble::unknown,
            fmt::format("{} took too long, and was killed. {}", program, words)};
  if (words.empty())
    return {SlurmTrouble::unknown, fmt::format("{} ended with {}", program, end.exit_code)};
  return {slurm_trouble(words), words};
}

}  // namespace

SlurmResult<std::string> SlurmCommands::run(std::string_view program,
                                            std::vector<std::string> arguments,
                                            std::string input) const {
  const auto found = find_program(
      program, access_.programs.empty() ? std::string(search_path) : access_.programs.string());
  if (found.empty()) return unusable(fmt::format("there is no {}", program));
  auto end = run_command({found, std::move(arguments), environment_of(access_, program == "sbatch"),
                          std::move(input), access_.deadline});
  if (!end.is_success()) return failure_of(program, end);
  if (end.output.size() >= command_output_bytes_max)
    return SlurmFailure{SlurmTrouble::unknown, fmt::format("{} says too much", program)};
  return std::move(end.output);
}

std::vector<std::string> SlurmCommands::submit_arguments(const SlurmOrder& order) {
  std::vector<std::string> arguments{
      "--parsable",
      "--no-requeue",
      "--export=ALL",
      "--comment=orrery",
      "--input=/dev/null",
      "--job-name=" + order.name,
      fmt::format("--nodes={}", std::max<std::size_t>(order.nodes.size(), 1)),
      "--ntasks-per-node=1",
      fmt::format("--cpus-per-task={}", order.cpus_per_node),
      "--chdir=" + order.work_directory,
      "--output=" + literal_path(order.output)};
  const auto add = [&](bool is_wanted, std::string argument) {
    if (is_wanted) arguments.push_back(std::move(argument));
  };
  add(!order.nodes.empty(), "--nodelist=" + boost::algorithm::join(order.nodes, ","));
  add(!order.partition.empty(), "--partition=" + order.partition);
  add(!order.account.empty(), "--account=" + order.account);
  add(order.gpus_per_node != 0, "--gres=" + gres_of(order));
  add(order.memory_mib_per_node != 0, fmt::format("--mem={}M", order.memory_mib_per_node));
  add(order.time_limit_min != 0, fmt::format("--time={}", order.time_limit_min));
  return arguments;
}

SlurmResult<std::uint64_t> SlurmCommands::submit(const SlurmOrder& order) {
  const auto text = run("sbatch", submit_arguments(order), order.script);
  if (!text) return text.error();
  if (const auto id = read_sbatch(*text)) return *id;
  return SlurmFailure{SlurmTrouble::unknown, "sbatch told no number of a job"};
}

SlurmResult<std::vector<SlurmJob>> SlurmCommands::jobs() {
  // Asked for one user, the controller sends no more than that user's.
  const auto text =
      run("squeue", {"--noheader", "--all", "--states=all", fmt::format("--user={}", ::geteuid()),
                     fmt::format("--format={}", squeue_format)});
  if (!text) return text.error();
  if (auto jobs = read_squeue(*text)) return std::move(*jobs);
  return SlurmFailure{SlurmTrouble::unknown, "squeue told no list of jobs"};
}

SlurmResult<std::vector<SlurmNode>> SlurmCommands::nodes() {
  const auto text = run("scontrol", {"--all", "--details", "--oneliner", "show", "node"});
  if (!text) return text.error();
  if (auto nodes = read_scontrol_nodes(*text)) return std::move(*nodes);
  return SlurmFailure{SlurmTrouble::unknown, "scontrol told no list of nodes"};
}

SlurmResult<std::vector<SlurmPartition>> SlurmCommands::partitions() {
  const auto text = run("scontrol", {"--all", "--oneliner", "show", "partition"});
  if (!text) return text.error();
  if (auto partitions = read_scontrol_partitions(*text)) return std::move(*partitions);
  return SlurmFailure{SlurmTrouble::unknown, "scontrol told no list of partitions"};
}

SlurmResult<SlurmController> SlurmCommands::controller() {
  const auto text = run("scontrol", {"show", "config"});
  if (!text) return text.error();
  if (auto controller = read_scontrol_config(*text)) return *controller;
  return SlurmFailure{SlurmTrouble::unknown, "scontrol doesn't tell since when slurmctld runs"};
}

SlurmResult<void> SlurmCommands::end(std::vector<std::string> arguments) const {
  const auto done = run("scancel", std::move(arguments));
  if (!done && !says_no_such_job(done.error().message)) return done.error();
  return {};
}

SlurmResult<void> SlurmCommands::cancel(std::uint64_t id, const std::string& name) {
  return end({"--name=" + name, fmt::format("{}", id)});
}

SlurmResult<void> SlurmCommands::signal(std::uint64_t id, const std::string& name, int signal) {
  return end(
      {"--name=" + name, "--batch", fmt::format("--signal={}", signal), fmt::format("{}", id)});
}

}  // namespace orrery
