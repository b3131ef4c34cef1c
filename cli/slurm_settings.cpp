#include "cli/slurm_settings.hpp"

#include <cerrno>
#include <cstring>
#include <iomanip>
#include <map>
#include <optional>
#include <sstream>

#include <fmt/format.h>
#include <unistd.h>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/predicate.hpp>
#include <boost/algorithm/string/split.hpp>
#include <boost/url/parse.hpp>

#include "cli/data_directory.hpp"
#include "cli/exit_codes.hpp"
#include "cli/server_urls.hpp"
#include "cli/service_settings.hpp"
#include "cli/start_failure.hpp"
#include "drivers/runs/process_environment.hpp"

namespace orrery {
namespace {

/// Names of nodes begin with it, and they stand in paths.
constexpr std::size_t cluster_name_max = 40;
constexpr std::string_view cluster_letters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

/// Empty stays empty: it means a default of somebody else's.
std::filesystem::path absolute_or_empty(const std::string& path) {
  return path.empty() ? std::filesystem::path() : std::filesystem::absolute(path);
}

std::filesystem::path own_program() {
  std::error_code failure;
  return std::filesystem::read_symlink("/proc/self/exe", failure);
}

SlurmAccess slurm_access(const Configuration& configuration) {
  SlurmAccess access;
  access.uses_rest = configuration.slurm_access == "rest";
  access.programs = absolute_or_empty(configuration.slurm_programs);
  access.slurm_conf = absolute_or_empty(configuration.slurm_conf);
  access.deadline = std::chrono::seconds(configuration.slurm_deadline_s);
  access.rest_url = configuration.slurm_rest_url;
  access.rest_user = configuration.slurm_rest_user;
  access.rest_token_file = absolute_or_empty(configuration.slurm_rest_token_file);
  return access;
}

SlurmRuntime slurm_runtime(const Configuration& configuration) {
  if (configuration.slurm_runtime == "apptainer") return SlurmRuntime::apptainer;
  if (configuration.slurm_runtime == "podman") return SlurmRuntime::podman;
  return SlurmRuntime::command;
}

void take_run_settings(const Configuration& configuration, RunConfiguration& run) {
  run.directory = slurm_runs_folder(configuration);
  const auto& homes = configuration.aicenter_files;
  run.homes = homes.empty() ? std::filesystem::absolute(center_files_folder(configuration.data))
                            : std::filesystem::absolute(homes);
  run.recipes = std::filesystem::absolute(recipes_folder(configuration));
  run.environment_file = absolute_or_empty(configuration.slurm_environment_file);
  // Whether it works on the nodes isn't seen from here.
  run.sandbox = SandboxMode::off;
  run.log_bytes_max = configuration.slurm_log_bytes_max;
}

/// None where the text isn't "TYPE=MODEL, TYPE=MODEL".
std::optional<std::map<std::string, std::string>> gpu_models(const std::string& text) {
  std::map<std::string, std::string> models;
  std::vector<std::string> parts;
  boost::algorithm::split(parts, text, boost::algorithm::is_any_of(", "),
                          boost::algorithm::token_compress_on);
  for (const auto& part : parts) {
    if (part.empty()) continue;
    const auto equals = part.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == part.size())
      return std::nullopt;
    models[part.substr(0, equals)] = part.substr(equals + 1);
  }
  return models;
}

[[noreturn]] void refuse(std::string message) {
  throw StartFailure{exit_usage, "driver.slurm." + std::move(message)};
}

/// Such as "http://10.0.0.1:8080"; the path is ours to add.
void check_url(std::string_view key, const std::string& text) {
  const auto url = boost::urls::parse_uri(text);
  if (!url || (url->scheme() != "http" && url->scheme() != "https") || url->host().empty() ||
      url->has_query() || url->has_fragment())
    refuse(fmt::format("{} must be a URL such as http://10.0.0.1:8080, not \"{}\"", key, text));
}

void check_readable(std::string_view key, const std::string& file) {
  if (!file.empty() && ::access(file.c_str(), R_OK) != 0)
    refuse(fmt::format("{} {}: {}", key, file, std::strerror(errno)));
}

void check_rest(const Configuration& configuration) {
  if (configuration.slurm_access != "rest") return;
  if (configuration.slurm_rest_url.empty() || configuration.slurm_rest_user.empty() ||
      configuration.slurm_rest_token_file.empty())
    refuse("access is rest: rest-url, rest-user and rest-token-file must be given with it");
  check_url("rest-url", configuration.slurm_rest_url);
  check_readable("rest-token-file", configuration.slurm_rest_token_file);
}

void check_server_url(const Configuration& configuration) {
  if (!configuration.slurm_server_url.empty())
    return check_url("server-url", configuration.slurm_server_url);
  if (configuration.listen_port == 0 && configuration.base_url.empty())
    refuse("server-url must be given where listen lets the system choose the port");
}

}  // namespace

std::filesystem::path slurm_runs_folder(const Configuration& configuration) {
  if (!configuration.slurm_directory.empty())
    return std::filesystem::absolute(configuration.slurm_directory);
  return std::filesystem::absolute(default_slurm_runs_folder(configuration.data));
}

SlurmConfiguration slurm_configuration(const Configuration& configuration) {
  SlurmConfiguration slurm;
  take_run_settings(configuration, slurm);
  slurm.access = slurm_access(configuration);
  slurm.cluster = configuration.slurm_cluster;
  slurm.partition = configuration.slurm_partition;
  slurm.account = configuration.slurm_account;
  slurm.program = configuration.slurm_program.empty()
                      ? own_program()
                      : absolute_or_empty(configuration.slurm_program);
  slurm.server_url = configuration.slurm_server_url.empty()
                         ? base_url_of(configuration, configuration.listen_port)
                         : configuration.slurm_server_url;
  slurm.pending_max = configuration.slurm_pending_max;
  slurm.commands_max = configuration.slurm_commands_max;
  slurm.tick = std::chrono::milliseconds(configuration.slurm_tick_ms);
  slurm.save_interval = std::chrono::seconds(configuration.slurm_save_interval_s);
  slurm.attempts_max = configuration.slurm_attempts_max;
  slurm.port_first = configuration.slurm_port_first;
  slurm.port_last = configuration.slurm_port_last;
  slurm.runtime = slurm_runtime(configuration);
  slurm.instance_command = words_of_command(configuration.slurm_instance_command);
  slurm.container_options = words_of_command(configuration.slurm_container_options);
  if (auto models = gpu_models(configuration.slurm_gpu_models))
    slurm.gpu_models = std::move(*models);
  return slurm;
}

void check_slurm_settings(const Configuration& configuration) {
  if (!configuration.slurm_enabled) return;
  check_rest(configuration);
  check_server_url(configuration);
  const auto& cluster = configuration.slurm_cluster;
  if (cluster.empty() || cluster.size() > cluster_name_max ||
      !boost::algorithm::all(cluster, boost::algorithm::is_any_of(cluster_letters)))
    refuse(fmt::format("cluster must have 1 to {} letters, digits and of . _ -", cluster_name_max));
  if (!gpu_models(configuration.slurm_gpu_models))
    refuse(fmt::format("gpu-models must be TYPE=MODEL, TYPE=MODEL, not \"{}\"",
                       configuration.slurm_gpu_models));
  check_readable("slurm-conf", configuration.slurm_conf);
  const auto& programs = configuration.slurm_programs;
  if (!programs.empty() && !std::filesystem::is_directory(programs))
    refuse(fmt::format("programs: there is no folder {}", programs));
  const auto variables = read_environment_file(slurm_configuration(configuration).environment_file);
  if (!variables)
    refuse(fmt::format("environment-file {}: {}", configuration.slurm_environment_file,
                       variables.error().message));
  std::error_code failure;
  const auto runs = slurm_runs_folder(configuration);
  if (!configuration.slurm_directory.empty() && !std::filesystem::is_directory(runs, failure))
    refuse(fmt::format("directory: there is no folder {}", runs.string()));
}

std::vector<std::string> words_of_command(const std::string& command) {
  std::istringstream in(command);
  std::vector<std::string> words;
  for (std::string word; in >> std::quoted(word);) words.push_back(word);
  return words;
}

}  // namespace orrery
