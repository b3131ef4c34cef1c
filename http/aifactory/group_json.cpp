#include "http/aifactory/group_json.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "http/aifactory/service_json.hpp"
#include "projections/services/service_details.hpp"

namespace orrery::aifactory {

namespace {

namespace json = boost::json;

/// "<job>:<port>" once the replica listens.
std::string replica_id(const ServiceDetails& replica) {
  if (!replica.launched || replica.launched->port == 0) return replica.id;
  return fmt::format("{}:{}", replica.id, replica.launched->port);
}

json::object replica_json(const ServiceDetails& replica) {
  const auto& words = *replica.request->replica;
  json::value port;
  if (replica.launched && replica.launched->port != 0) port = replica.launched->port;
  json::value gpu;
  if (replica.placement && !replica.placement->gpu_indices.empty())
    gpu = replica.placement->gpu_indices.front();
  return {{"id", replica_id(replica)},      {"job_id", replica.id},
          {"node_index", words.node_index}, {"replica_index", words.index},
          {"port", std::move(port)},        {"gpu_id", std::move(gpu)},
          {"status", status_name(replica)}, {"added_at", iso_time(replica.created_at)}};
}

/// What runs on one node, or will. Its job is that of its first replica.
json::object node_json(const ServiceDetails& first) {
  json::value node;
  if (first.placement) node = first.placement->node_id;
  return {{"job_id", first.id},
          {"node_index", first.request->replica->node_index},
          {"node", std::move(node)},
          {"replicas", json::array{}}};
}

json::array nodes_json(const Replicas& replicas) {
  json::array nodes;
  std::uint32_t last = 0;
  for (const auto& replica : replicas) {
    const auto index = replica->request->replica->node_index;
    if (nodes.empty() || index != last) nodes.push_back(node_json(*replica));
    last = index;
    nodes.back().at("replicas").as_array().push_back(replica_json(*replica));
  }
  return nodes;
}

std::string name_of(const ServiceGroupDetails& group) {
  return fmt::format("{}-{}", group.request.specification.name, group.id);
}

std::string config_of(const ServiceGroupDetails& group) {
  const auto& config = group.request.specification.config;
  return config.empty() ? "{}" : config;
}

std::string counts_text(const ServiceGroupDetails& group) {
  const auto& request = group.request;
  return fmt::format(R"("num_nodes":{},"replicas_per_node":{},"total_replicas":{})",
                     request.node_count, request.replica_count, request.service_ids.size());
}

std::string service_form(const ServiceGroupDetails& group, std::string_view status,
                         const json::array& nodes) {
  return fmt::format(
      R"({{"id":{},"name":{},"recipe_name":{},"status":"{}","config":{},"created_at":"{}",)"
      R"("type":"replica_group",{},"node_jobs":{}}})",
      json_quoted(group.id), json_quoted(name_of(group)),
      json_quoted(group.request.specification.recipe_name), status, config_of(group),
      iso_time(group.created_at), counts_text(group), json::serialize(nodes));
}

}  // namespace

GroupHealth health_of(const Replicas& replicas) {
  GroupHealth health;
  health.total = replicas.size();
  for (const auto& replica : replicas) switch (replica->status) {
      case ServiceStatus::pending:
        ++health.pending;
        break;
      case ServiceStatus::building:
      case ServiceStatus::starting:
        ++health.starting;
        break;
      case ServiceStatus::running:
        ++health.healthy;
        break;
      case ServiceStatus::completed:
      case ServiceStatus::failed:
      case ServiceStatus::cancelled:
        ++health.failed;
        break;
    }
  return health;
}

std::string_view overall_status(const GroupHealth& health) {
  if (health.total > 0 && health.healthy == health.total) return "healthy";
  if (health.healthy > 0) return health.failed > 0 ? "degraded" : "partial";
  return health.starting + health.pending > 0 ? "starting" : "failed";
}

std::string_view group_status(const ServiceGroupDetails& group, const Replicas& replicas) {
  if (group.is_cancelled) return "cancelled";
  const auto any_is = [&](ServiceStatus status) {
    return std::any_of(replicas.begin(), replicas.end(),
                       [&](const auto& replica) { return replica->status == status; });
  };
  if (any_is(ServiceStatus::running)) return "running";
  if (any_is(ServiceStatus::starting)) return "starting";
  if (any_is(ServiceStatus::building)) return "building";
  if (replicas.empty() || any_is(ServiceStatus::pending)) return "pending";
  if (any_is(ServiceStatus::failed)) return "failed";
  return any_is(ServiceStatus::cancelled) ? "cancelled" : "completed";
}

std::string group_text(const ServiceGroupDetails& group, const Replicas& replicas) {
  return fmt::format(
      R"({{"id":{},"name":{},"type":"replica_group","recipe_name":{},{},"node_jobs":{},)"
      R"("config":{},"created_at":"{}","status":"{}"}})",
      json_quoted(group.id), json_quoted(name_of(group)),
      json_quoted(group.request.specification.recipe_name), counts_text(group),
      json::serialize(nodes_json(replicas)), config_of(group), iso_time(group.created_at),
      group_status(group, replicas));
}

std::string group_service_text(const ServiceGroupDetails& group, const Replicas& replicas) {
  return service_form(group, group_status(group, replicas), nodes_json(replicas));
}

std::string created_group_text(const ServiceGroupDetails& group) {
  json::array nodes;
  const auto& request = group.request;
  const auto added_at = iso_time(group.created_at);
  for (std::size_t index = 0; index < request.service_ids.size(); ++index) {
    const auto node_index = index / std::max(1u, request.replica_count);
    const auto& id = request.service_ids[index];
    if (nodes.size() <= node_index)
      nodes.push_back(json::object{{"job_id", id},
                                   {"node_index", node_index},
                                   {"node", nullptr},
                                   {"replicas", json::array{}}});
    nodes.back()
        .at("replicas")
        .as_array()
        .push_back(json::object{{"id", id},
                                {"job_id", id},
                                {"node_index", node_index},
                                {"replica_index", index},
                                {"port", nullptr},
                                {"gpu_id", nullptr},
                                {"status", "pending"},
                                {"added_at", added_at}});
  }
  return service_form(group, "pending", nodes);
}

}  // namespace orrery::aifactory
