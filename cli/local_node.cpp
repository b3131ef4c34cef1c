#include "cli/local_node.hpp"

#include <algorithm>
#include <future>

#include <fmt/format.h>

#include "actors/runtime/command_gateway.hpp"
#include "cli/data_directory.hpp"
#include "cli/exit_codes.hpp"
#include "cli/logging.hpp"
#include "cli/read_models.hpp"
#include "cli/service_settings.hpp"
#include "cli/start_failure.hpp"
#include "drivers/local_process/host_resources.hpp"
#include "drivers/runs/process_environment.hpp"
#include "drivers/runs/sandbox.hpp"

namespace orrery {
namespace {

/// Of nodes that were cordoned because of the settings, and not by an operator.
constexpr std::string_view disabled_reason = "local_process is not enabled";
constexpr std::string_view renamed_reason = "this host is another node now";

/// Nodes of this kind, by whatever name this host had.
std::vector<NodeDetails> local_nodes(const NodeView& nodes) {
  constexpr std::size_t page = 1'000;
  std::vector<NodeDetails> found;
  for (std::string after;;) {
    auto some = nodes.list("", after, page);
    if (some.empty()) return found;
    after = some.back().id;
    for (auto& node : some)
      if (node.description.driver == NodeDriver::local_process) found.push_back(std::move(node));
  }
}

/// It runs services without the wall between them and the server: that is said.
void warn_of_missing_sandbox(const Configuration& configuration) {
  const auto problem = find_sandbox(local_process_configuration(configuration).sandbox).problem;
  if (!problem.empty() && configuration.local_process_sandbox == "auto")
    log_warning(fmt::format("services run without a sandbox, and may read what this server may: {}",
                            problem));
}

template <class A>
void tell(CommandGateway& gateway, const std::string& id, typename A::Command command) {
  std::promise<std::string> answered;
  gateway.submit<A>({id, std::move(command), {"process/local_node", 0, "local_node"}, ""},
                    [&](const auto& outcome) {
                      if (outcome.has_error())
                        answered.set_value(outcome.error().reason);
                      else
                        answered.set_value(outcome->rejection ? "it is refused" : "");
                    });
  if (const auto failure = answered.get_future().get(); !failure.empty())
    throw StartFailure{exit_failure, fmt::format("{}/{}: {}", A::stream_prefix, id, failure)};
}

void register_node(const Configuration& configuration, CommandGateway& gateway,
                   const ReadModels& models) {
  const auto description = describe_local_node(configuration);
  if (models.catalogue.current()->cluster(description.cluster) == nullptr)
    tell<Cluster>(gateway, description.cluster,
                  Cluster::Declare{{"", WhenFull::queue, PlacementStrategy::pack}});
  tell<Node>(gateway, local_node_id(configuration), Node::Register{description});
}

void compare(const std::string& id, const NodeRegistered& known, const NodeRegistered& found) {
  if (known.driver != NodeDriver::local_process)
    throw StartFailure{exit_usage,
                       fmt::format("local-process.node: the node {} is a simulated one", id)};
  if (known.cluster == found.cluster && known.gpu_model == found.gpu_model &&
      known.gpu_count == found.gpu_count && known.cpu_count == found.cpu_count)
    return;
  log_warning(fmt::format(
      "this host is known as node {} with {} CPUs and {} GPUs \"{}\" in cluster {}, and "
      "stays so; local-process.node gives it another name, and what it has now",
      id, known.cpu_count, known.gpu_count, known.gpu_model, known.cluster));
}

/// What an operator, or we in his stead, said of it; null where nobody did.
const NodeCordonDetails* operators_cordon(const NodeDetails& node) {
  const auto found = std::ranges::find(node.cordons, "", &NodeCordonDetails::owner);
  return found == node.cordons.end() ? nullptr : &*found;
}

}  // namespace

std::string local_node_id(const Configuration& configuration) {
  return configuration.local_process_node.empty() ? host_name() : configuration.local_process_node;
}

bool needs_local_driver(const Configuration& configuration, const NodeView& nodes) {
  if (configuration.local_process_enabled) return true;
  return !local_nodes(nodes).empty();
}

LocalProcessConfiguration local_process_configuration(const Configuration& configuration) {
  LocalProcessConfiguration local;
  local.node_id = local_node_id(configuration);
  local.directory = local_runs_folder(configuration.data);
  local.homes = configuration.aicenter_files.empty()
                    ? center_files_folder(configuration.data)
                    : std::filesystem::path(configuration.aicenter_files);
  local.recipes = recipes_folder(configuration);
  local.environment_file = configuration.local_process_environment_file;
  local.port_first = configuration.local_process_port_first;
  local.port_last = configuration.local_process_port_last;
  local.sandbox = configuration.local_process_sandbox == "on"    ? SandboxMode::on
                  : configuration.local_process_sandbox == "off" ? SandboxMode::off
                                                                 : SandboxMode::automatic;
  local.log_bytes_max = configuration.local_process_log_bytes_max;
  local.hidden = {configuration.data, local.homes};
  for (const auto& file :
       {configuration.services_token_file, configuration.local_process_environment_file,
        configuration.http_tls_key})
    if (!file.empty()) local.hidden.emplace_back(file);
  return local;
}

void check_local_process_settings(const Configuration& configuration) {
  if (!configuration.local_process_enabled) return;
  const auto local = local_process_configuration(configuration);
  const auto variables = read_environment_file(local.environment_file);
  if (!variables)
    throw StartFailure{exit_usage,
                       fmt::format("local-process.environment-file {}: {}",
                                   local.environment_file.string(), variables.error().message)};
  if (local.sandbox != SandboxMode::on) return;
  if (const auto problem = find_sandbox(local.sandbox).problem; !problem.empty())
    throw StartFailure{exit_usage, fmt::format("local-process.sandbox is on, and {}", problem)};
}

NodeRegistered describe_local_node(const Configuration& configuration) {
  const auto found = find_host_resources();
  NodeRegistered node;
  node.driver = NodeDriver::local_process;
  node.cluster = configuration.local_process_cluster;
  node.cpu_count = configuration.local_process_cpu_count != 0
                       ? configuration.local_process_cpu_count
                       : found.cpu_count;
  node.memory_mib = configuration.local_process_memory_mib != 0
                        ? configuration.local_process_memory_mib
                        : found.memory_mib;
  node.gpu_model = found.gpu_count != 0 ? found.gpu_model : configuration.local_process_gpu_model;
  node.gpu_count = found.gpu_count != 0 ? found.gpu_count : configuration.local_process_gpu_count;
  node.gpu_count = std::min(node.gpu_count, Node::gpu_count_max);
  return node;
}

void provide_local_node(const Configuration& configuration, CommandGateway& gateway,
                        const ReadModels& models) {
  const auto id = local_node_id(configuration);
  const bool is_enabled = configuration.local_process_enabled;
  for (const auto& node : local_nodes(models.nodes))
    if (!operators_cordon(node) && (!is_enabled || node.id != id))
      tell<Node>(gateway, node.id,
                 Node::Cordon{std::string(is_enabled ? renamed_reason : disabled_reason)});
  if (!is_enabled) return;
  warn_of_missing_sandbox(configuration);
  const auto known = models.nodes.find(id);
  if (!known) return register_node(configuration, gateway, models);
  compare(id, known->description, describe_local_node(configuration));
  if (const auto* cordon = operators_cordon(*known);
      cordon && (cordon->reason == disabled_reason || cordon->reason == renamed_reason))
    tell<Node>(gateway, id, Node::Uncordon{});
}

}  // namespace orrery
