#include "cli/slurm_health_checks.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <map>
#include <regex>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <pwd.h>
#include <unistd.h>
#include <boost/algorithm/string/trim.hpp>

#include "cli/admin_client.hpp"
#include "cli/service_settings.hpp"
#include "cli/shared_folder.hpp"
#include "cli/slurm_settings.hpp"
#include "cli/slurm_site_checks.hpp"
#include "cli/start_failure.hpp"
#include "drivers/runs/program_search.hpp"
#include "drivers/slurm/port/command_runner.hpp"
#include "drivers/slurm/port/slurm_access.hpp"
#include "storage/system_clock.hpp"

namespace orrery {
namespace {

constexpr std::string_view subject_prefix = "slurm ";
/// slurmctld writes what it knows this often at the latest.
constexpr std::uint32_t slurm_save_interval_s = 5;
/// For a supervisor to write how its process ended.
constexpr std::int64_t kill_wait_comfortable_s = 3;
/// Runs that end while nobody looks are told apart for so long.
constexpr std::int64_t job_age_comfortable_s = 60;

HealthFinding finding(std::string_view subject, Health health, std::string message) {
  return {std::string(subject_prefix) + std::string(subject), health, std::move(message)};
}

/// Slurm's programs, asked for what the port has no question for.
class SlurmTools {
 public:
  explicit SlurmTools(const SlurmAccess& access) : access_(access) {}

  std::filesystem::path find(std::string_view program) const {
    return find_program(program, path());
  }
  std::string path() const {
    return access_.programs.empty() ? std::string(search_path) : access_.programs.string();
  }

  CommandEnd run(std::string_view program, std::vector<std::string> arguments,
                 std::string input = {}) const {
    std::vector<std::string> environment{fmt::format("PATH={}", search_path), "TZ=UTC", "LC_ALL=C",
                                         "SLURM_TIME_FORMAT=%s"};
    if (!access_.slurm_conf.empty())
      environment.push_back("SLURM_CONF=" + access_.slurm_conf.string());
    return run_command({find(program), std::move(arguments), std::move(environment),
                        std::move(input), access_.deadline});
  }

 private:
  const SlurmAccess& access_;
};

/// What this machine's Slurm was seen to be, for checks that build on each other.
struct SlurmScene {
  const Configuration& configuration;
  SlurmConfiguration slurm;
  SlurmTools tools;
  std::vector<SlurmNode> nodes;
  std::vector<HealthFinding> findings;

  void add(std::string_view subject, Health health, std::string message) {
    findings.push_back(finding(subject, health, std::move(message)));
  }
};

std::int64_t seconds_now() {
  return std::chrono::floor<std::chrono::seconds>(SystemClock().now().time_since_epoch()).count();
}

std::string trimmed(const std::string& text) { return boost::algorithm::trim_copy(text); }

/// The number behind `pattern`'s first group; none where it isn't there.
std::optional<std::int64_t> number_in(const std::string& text, const char* pattern) {
  std::smatch found;
  if (!std::regex_search(text, found, std::regex(pattern))) return std::nullopt;
  return std::stoll(found[1].str());
}

bool is_this_host(const SlurmNode& node) {
  const auto host = host_name();
  return node.address.starts_with("127.") || node.address == "localhost" || node.address == "::1" ||
         node.address == host;
}

bool has_remote_nodes(const SlurmScene& scene) {
  return !std::ranges::all_of(scene.nodes, is_this_host);
}

void check_programs(SlurmScene& scene) {
  std::set<std::string> versions;
  for (const auto* program : {"sbatch", "squeue", "scontrol", "scancel"}) {
    if (scene.tools.find(program).empty())
      return scene.add("programs", Health::bad,
                       fmt::format("there is no {} in {}: install Slurm's client (Debian: "
                                   "slurm-client), or set driver.slurm.programs",
                                   program, scene.tools.path()));
    const auto told = scene.tools.run(program, {"--version"});
    if (!told.is_success())
      return scene.add("programs", Health::bad,
                       fmt::format("{} --version: {}", program, trimmed(told.errors)));
    versions.insert(trimmed(told.output));
  }
  scene.add("programs", versions.size() == 1 ? Health::good : Health::doubtful,
            fmt::format("{}{}", fmt::join(versions, ", "),
                        versions.size() == 1 ? "" : ": of one version they should be"));
}

void check_token_file(SlurmScene& scene) {
  const auto& file = scene.slurm.access.rest_token_file;
  std::error_code failure;
  const auto rights = std::filesystem::status(file, failure).permissions();
  const auto of_others = std::filesystem::perms::group_read | std::filesystem::perms::others_read;
  const bool is_open = !failure && (rights & of_others) != std::filesystem::perms::none;
  scene.add("token", is_open ? Health::doubtful : Health::good,
            fmt::format("{}{}", file.string(),
                        is_open ? " may be read by others: chmod 600 it" : " is its owner's"));
}

/// False where there is nobody to ask further.
bool check_controller(SlurmScene& scene, SlurmPort& port) {
  const auto controller = port.controller();
  if (!controller) {
    const auto advice = scene.slurm.access.uses_rest
                            ? "is slurmrestd there, and are user and token right?"
                            : "does slurmctld run, is driver.slurm.slurm-conf its file (SLURM_CONF "
                              "of this shell isn't asked), and has munge the cluster's key?";
    scene.add("controller", Health::bad,
              fmt::format("{}. Work is accepted all the same, and waits; {}",
                          controller.error().message, advice));
    return false;
  }
  // slurmrestd doesn't tell the cluster's name.
  scene.add(
      "controller", Health::good,
      trimmed(fmt::format("{} {}, up for {} s", controller->cluster_name, controller->version,
                          std::max<std::int64_t>(0, seconds_now() - controller->boot_time_s))));
  return true;
}

void check_nodes(SlurmScene& scene, SlurmPort& port) {
  auto nodes = port.nodes();
  if (!nodes) return scene.add("nodes", Health::bad, nodes.error().message);
  scene.nodes = std::move(*nodes);
  const auto& wanted = scene.configuration.slurm_partition;
  std::size_t count = 0;
  std::size_t up_count = 0;
  std::size_t gpu_count = 0;
  for (const auto& node : scene.nodes) {
    const auto& in = node.partitions;
    if (in.empty() || (!wanted.empty() && std::ranges::find(in, wanted) == in.end())) continue;
    ++count;
    gpu_count += node.gpu_count;
    if (!node.is_down && !node.is_drained) ++up_count;
  }
  const auto where = wanted.empty() ? "all partitions" : "partition " + wanted;
  if (count == 0)
    return scene.add("partitions", Health::bad,
                     fmt::format("{}: no nodes; `sinfo` shows which there are, "
                                 "driver.slurm.partition says which is used",
                                 where));
  scene.add(
      "partitions",
      up_count == 0       ? Health::bad
      : up_count == count ? Health::good
                          : Health::doubtful,
      fmt::format("{}: {} of {} nodes take work, {} GPUs{}", where, up_count, count, gpu_count,
                  up_count == count ? "" : "; `sinfo -R` says why the others don't"));
}

void check_partitions(SlurmScene& scene, SlurmPort& port) {
  const auto partitions = port.partitions();
  if (!partitions) return scene.add("partitions", Health::bad, partitions.error().message);
  for (const auto& judged : judge_partitions(*partitions, scene.slurm.partition))
    scene.add(judged.subject, judged.health, judged.message);
}

void check_rights(SlurmScene& scene) {
  const auto* user = ::getpwuid(::geteuid());
  if (user == nullptr)
    return scene.add("rights", Health::bad,
                     fmt::format("uid {} has no name here, and Slurm takes no jobs of such a user",
                                 ::geteuid()));
  const std::string name = user->pw_name;
  std::vector<std::string> arguments{"--test-only", "--ntasks=1", "--output=/dev/null"};
  if (!scene.slurm.partition.empty()) arguments.push_back("--partition=" + scene.slurm.partition);
  if (!scene.slurm.account.empty()) arguments.push_back("--account=" + scene.slurm.account);
  const auto told = scene.tools.run("sbatch", std::move(arguments), "#!/bin/sh\ntrue\n");
  if (!told.is_success())
    return scene.add("rights", Health::bad,
                     fmt::format("{} may not submit: {}. driver.slurm.partition and .account, or "
                                 "an association (sacctmgr) for the user",
                                 name, trimmed(told.is_late ? "no answer in time" : told.errors)));
  scene.add("rights", Health::good, fmt::format("{} may submit; all jobs are that user's", name));
}

void check_clock(SlurmScene& scene) {
  const auto asked_s = seconds_now();
  const auto told = scene.tools.run("scontrol", {"show", "config"});
  if (!told.is_success()) return;
  for (const auto& judged : judge_clock(told.output, asked_s, seconds_now()))
    scene.add(judged.subject, judged.health, judged.message);
}

void check_node_clocks(SlurmScene& scene) {
  const auto told = scene.tools.run("scontrol", {"show", "node", "--oneliner"});
  if (!told.is_success()) return;
  const std::regex pattern(R"(NodeName=(\S+).*?SlurmdStartTime=(\d+))");
  const auto now = seconds_now();
  for (std::sregex_iterator found(told.output.begin(), told.output.end(), pattern), end;
       found != end; ++found)
    if (const auto ahead_s = std::stoll((*found)[2].str()) - now; ahead_s > skew_comfortable_s)
      scene.add(
          "clock", Health::doubtful,
          fmt::format("that of node {} is {} s or more ahead of ours", (*found)[1].str(), ahead_s));
}

void check_intervals(SlurmScene& scene) {
  const auto ours = scene.configuration.slurm_save_interval_s;
  const bool is_short = ours <= slurm_save_interval_s;
  scene.add("save interval", is_short ? Health::doubtful : Health::good,
            fmt::format("a job counts as kept after {} s; slurmctld saves within {} s{}", ours,
                        slurm_save_interval_s,
                        is_short ? ": set driver.slurm.save-interval above that" : ""));
  const auto told = scene.tools.run("scontrol", {"show", "config"});
  if (!told.is_success()) return;
  const auto kill_wait_s = number_in(told.output, R"(KillWait\s*=\s*(\d+))").value_or(0);
  scene.add(
      "KillWait", kill_wait_s < kill_wait_comfortable_s ? Health::doubtful : Health::good,
      fmt::format("{} s between SIGTERM and SIGKILL where Slurm itself ends a job{}", kill_wait_s,
                  kill_wait_s < kill_wait_comfortable_s
                      ? ": too short to write how it ended; 30 is Slurm's default"
                      : "; a longer grace of ours is given before Slurm is asked to"));
  if (const auto age_s = number_in(told.output, R"(MinJobAge\s*=\s*(\d+))").value_or(0);
      age_s < job_age_comfortable_s)
    scene.add("MinJobAge", Health::doubtful,
              fmt::format("Slurm forgets ended jobs after {} s, and with them why they ended: set "
                          "300, its default",
                          age_s));
  if (number_in(told.output, R"(ReturnToService\s*=\s*(\d+))") == 2)
    scene.add("ReturnToService", Health::doubtful,
              "2 brings nodes back that an operator has set down; 1 doesn't");
}

void check_directory(SlurmScene& scene) {
  if (const auto problem = problem_of_writing(scene.slurm.directory); !problem.empty())
    return scene.add("directory", Health::bad,
                     fmt::format("{}: {}", scene.slurm.directory.string(), problem));
  const auto seen = look_at_folder(scene.slurm.directory);
  const auto beside = scene.slurm.directory.parent_path();
  if (const auto problem = problem_of_writing(beside); !problem.empty())
    scene.add("instances", Health::doubtful,
              fmt::format("{}: {}; disks, volumes and images of instances are kept there, beside "
                          "driver.slurm.directory",
                          beside.string(), problem));
  const auto what = fmt::format("{} is writable, on {}", scene.slurm.directory.string(), seen.kind);
  if (seen.is_shared || !has_remote_nodes(scene)) return scene.add("directory", Health::good, what);
  scene.add("directory", Health::doubtful,
            what +
                ", which looks like this machine's alone, and there are other nodes: set "
                "driver.slurm.directory (and aicenter.files) to a file system that all mount");
}

void check_center(SlurmScene& scene) {
  const auto& cluster = scene.slurm.cluster;
  const auto& of_center = scene.configuration.aicenter_cluster;
  scene.add("cluster", Health::good,
            of_center == cluster
                ? fmt::format("{}, the center's jobs run there, too", cluster)
                : fmt::format("{}; the center's jobs don't run there, for aicenter.cluster is {}",
                              cluster, of_center));
}

void check_program(SlurmScene& scene) {
  const auto& program = scene.slurm.program;
  if (!std::filesystem::is_regular_file(program) || ::access(program.c_str(), X_OK) != 0)
    return scene.add("program", Health::bad,
                     fmt::format("{} can't be run: set driver.slurm.program to where the nodes "
                                 "have this program",
                                 program.string()));
  const bool is_doubtful =
      has_remote_nodes(scene) && !look_at_folder(program.parent_path()).is_shared;
  scene.add("program", is_doubtful ? Health::doubtful : Health::good,
            program.string() + (is_doubtful ? ": every node must have the same there" : ""));
}

void check_server_url(SlurmScene& scene) {
  const auto& url = scene.slurm.server_url;
  const bool is_loopback = url.find("//127.") != std::string::npos ||
                           url.find("//localhost") != std::string::npos ||
                           url.find("//[::1]") != std::string::npos;
  if (is_loopback && has_remote_nodes(scene))
    return scene.add("server-url", Health::bad,
                     fmt::format("{} is each node itself, and jobs couldn't claim their runs: set "
                                 "driver.slurm.server-url, and listen to an address of the network",
                                 url));
  const auto answer = ask({url, ""}, "GET", "/healthz", "");
  const bool is_up = answer.has_value() && answer->status == 200;
  scene.add("server-url", Health::good,
            url + (is_up ? " answers" : ": nobody answers yet (a server that isn't started?)"));
}

}  // namespace

std::vector<HealthFinding> run_slurm_health_checks(const Configuration& configuration) {
  if (!configuration.slurm_enabled)
    return {{"slurm", Health::good, "not enabled: nothing runs on a Slurm"}};
  try {
    check_slurm_settings(configuration);
  } catch (const StartFailure& failure) {
    return {{"slurm", Health::bad, failure.message}};
  }
  const auto slurm = slurm_configuration(configuration);
  SlurmScene scene{configuration, slurm, SlurmTools(slurm.access), {}, {}};
  const bool uses_rest = slurm.access.uses_rest;
  if (uses_rest)
    check_token_file(scene);
  else
    check_programs(scene);
  const auto port = make_slurm_port(slurm.access);
  if (check_controller(scene, *port)) {
    check_nodes(scene, *port);
    check_partitions(scene, *port);
    // Of these slurmrestd says nothing.
    if (!uses_rest)
      for (const auto check : {check_rights, check_clock, check_node_clocks, check_intervals})
        check(scene);
  }
  for (const auto check : {check_center, check_directory, check_program, check_server_url})
    check(scene);
  return std::move(scene.findings);
}

}  // namespace orrery
