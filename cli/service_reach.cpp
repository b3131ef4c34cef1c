#include "cli/service_reach.hpp"

#include <fmt/format.h>

#include "drivers/local_process/local_logs.hpp"
#include "http/json/timestamp.hpp"
#include "projections/nodes/node_view.hpp"
#include "projections/services/service_details.hpp"

namespace orrery {

namespace {

constexpr std::string_view loopback = "127.0.0.1";

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
  for (const auto& step : service.history)
    if (const auto line = line_of(step.status); !line.empty())
      output.out = output.out.value_or("") + fmt::format("{} {}\n", rfc3339_seconds(step.at), line);
  if (output.out) output.err = "";
  return output;
}

}  // namespace

std::optional<UpstreamTarget> ServiceReach::target_of(const ServiceDetails& service) const {
  if (!service.placement || !service.launched || service.launched->port == 0) return std::nullopt;
  if (is_local(service))
    return UpstreamTarget{std::string(loopback), service.launched->port, "",
                          UpstreamReach::this_host};
  return UpstreamTarget{std::string(loopback), model_server_port_,
                        fmt::format("/services/{}", service.id), UpstreamReach::this_host};
}

ServiceOutput ServiceReach::output_of(const ServiceDetails& service) const {
  if (!is_local(service)) return simulated_output(service);
  auto logs = read_local_logs(runs_, service.id, bytes_max);
  return {std::move(logs.out), std::move(logs.err)};
}

bool ServiceReach::is_local(const ServiceDetails& service) const {
  if (!service.placement) return false;
  const auto node = nodes_->find(service.placement->node_id);
  return node && node->description.driver == NodeDriver::local_process;
}

}  // namespace orrery
