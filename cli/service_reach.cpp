#include "cli/service_reach.hpp"

#include <fmt/format.h>
#include <boost/system/system_error.hpp>

#include "cli/exit_codes.hpp"
#include "cli/start_failure.hpp"
#include "drivers/runs/run_logs.hpp"
#include "http/json/timestamp.hpp"
#include "projections/nodes/node_view.hpp"
#include "projections/services/service_view.hpp"

namespace orrery {

namespace {

constexpr std::string_view loopback = "127.0.0.1";

/// Of reads of a shared file system: while it hangs, what asks for logs occupies no more of this
/// host's sessions, and none for longer.
constexpr std::size_t shared_reads_max = 8;
constexpr std::chrono::seconds shared_read_patience{2};

/// What a real one might write when it comes to a status; empty for those that it knows nothing of.
std::string_view line_of(ServiceStatus status) {
  switch (status) {
    case ServiceStatus::building:
      return "INFO:    Starting build (simulated)";
    case ServiceStatus::starting:
      return "INFO:    Starting the container (simulated)";
    case ServiceStatus::running:
      return "INFO:     Application startup complete (simulated)";
    default:
      return {};
  }
}

ServiceOutput simulated_output(const ServiceDetails& service) {
  ServiceOutput output;
  const auto& steps = service.history;
  for (auto step = steps.begin(); step != steps.end(); ++step) {
    const bool is_built_first =
        step + 1 != steps.end() && (step + 1)->status == ServiceStatus::building;
    const auto line = is_built_first ? std::string_view{} : line_of(step->status);
    if (line.empty()) continue;
    output.out = output.out.value_or("") + fmt::format("{} {}\n", rfc3339_seconds(step->at), line);
  }
  if (output.out) output.err = "";
  return output;
}

/// The model that a running simulated service serves: the one that its environment names.
std::optional<std::string> model_of(const ServiceView& services, std::string_view id) {
  const auto service = services.find(id);
  if (!service || service->status != ServiceStatus::running) return std::nullopt;
  for (const auto& variable : service->specification().launch.environment)
    if (variable.name.ends_with("_MODEL")) return variable.value;
  return std::nullopt;
}

}  // namespace

ServiceReach::ServiceReach(const ServiceView& services, const NodeView& nodes,
                           std::filesystem::path local_runs, std::filesystem::path slurm_runs)
    : nodes_(&nodes),
      local_runs_(std::move(local_runs)),
      slurm_runs_(std::move(slurm_runs)),
      shared_reads_(shared_reads_max, shared_read_patience),
      simulated_([&services](std::string_view id) { return model_of(services, id); }) {}

void ServiceReach::start() {
  try {
    simulated_.start();
  } catch (const boost::system::system_error& failure) {
    throw StartFailure{exit_listen, fmt::format("cannot serve simulated models on loopback: {}",
                                                failure.code().message())};
  }
}

std::optional<UpstreamTarget> ServiceReach::target_of(const ServiceDetails& service) const {
  if (!service.placement || !service.launched || service.launched->port == 0) return std::nullopt;
  switch (driver_of(service)) {
    case NodeDriver::local_process:
      return UpstreamTarget{std::string(loopback), service.launched->port, "",
                            UpstreamReach::this_host};
    case NodeDriver::slurm:
      // Its driver names it, by the address that Slurm has of the node. That may be this host.
      return UpstreamTarget{service.launched->host, service.launched->port, "",
                            UpstreamReach::anywhere};
    default:
      return simulated_.target_of(service.id);
  }
}

ServiceOutput ServiceReach::output_of(const ServiceDetails& service, std::size_t bytes_max) const {
  const auto driver = driver_of(service);
  const bool is_on_slurm = driver == NodeDriver::slurm;
  if (!is_on_slurm && driver != NodeDriver::local_process) return simulated_output(service);
  const auto read = [runs = is_on_slurm ? slurm_runs_ : local_runs_, id = service.id,
                     fence = service.placement->fence,
                     bytes_max] { return read_run_logs(runs, id, fence, bytes_max); };
  auto logs = is_on_slurm ? shared_reads_(read).value_or(RunLogs{}) : read();
  return {std::move(logs.out), std::move(logs.err)};
}

NodeDriver ServiceReach::driver_of(const ServiceDetails& service) const {
  if (!service.placement) return NodeDriver::simulated;
  const auto node = nodes_->find(service.placement->node_id);
  return node ? node->description.driver : NodeDriver::simulated;
}

}  // namespace orrery
