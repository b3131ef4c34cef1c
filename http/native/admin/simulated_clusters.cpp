#include "actors/simulated_cluster/simulated_cluster.hpp"

#include <limits>

#include <boost/describe/enum_from_string.hpp>

#include "actors/cluster/cluster.hpp"
#include "actors/node/node.hpp"
#include "events/folds/simulated_nodes.hpp"
#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "projections/catalogue/catalogue_view.hpp"
#include "projections/nodes/node_view.hpp"
#include "projections/simulated_clusters/simulated_cluster_view.hpp"

namespace orrery::admin {
namespace {

namespace json = boost::json;

/// Room for the number behind it within the 100 bytes of a node's id.
constexpr std::size_t cluster_name_bytes_max = 80;
constexpr std::int64_t cpu_count_max = 65'536;
constexpr std::int64_t memory_mib_max = 1 << 30;
/// One fault of each GPU in a second.
constexpr std::int64_t rate_max = 3'600'000'000;
constexpr std::size_t script_size_max = 10'000;
/// A year, in milliseconds.
constexpr std::int64_t span_ms_max = 366LL * 24 * 3'600'000;

// What is shown.

json::object rates_json(const FaultRates& rates) {
  return {{"xid_per_million_gpu_hours", rates.xid_per_million_gpu_hours},
          {"ecc_per_million_gpu_hours", rates.ecc_per_million_gpu_hours},
          {"node_loss_per_million_node_hours", rates.node_loss_per_million_node_hours},
          {"partition_per_million_node_hours", rates.partition_per_million_node_hours},
          {"slow_start_permille", rates.slow_start_permille}};
}

json::object fault_json(const ScriptedFault& fault) {
  return {{"after_ms", fault.after_ms}, {"kind", boost::describe::enum_to_string(fault.kind, "")},
          {"node_id", fault.node_id},   {"gpu_index", fault.gpu_index},
          {"code", fault.code},         {"duration_ms", fault.duration_ms}};
}

json::object faults_json(const SimulatedFaultsSet& faults) {
  json::array script;
  for (const auto& fault : faults.script) script.push_back(fault_json(fault));
  return {{"rates", rates_json(faults.rates)}, {"script", std::move(script)}};
}

json::object cluster_json(const SimulatedClusterDetails& cluster) {
  const auto& machines = cluster.machines;
  return {{"name", cluster.name},
          {"node_count", machines.node_count},
          {"gpus_per_node", machines.gpus_per_node},
          {"gpu_model", machines.gpu_model},
          {"cpu_count", machines.cpu_count},
          {"memory_mib", machines.memory_mib},
          {"seed", machines.seed},
          {"complete", cluster.is_complete},
          {"requested_at", rfc3339_seconds(cluster.requested_at)},
          {"since", rfc3339_seconds(cluster.since)},
          {"nodes",
           {{"registered", cluster.node_count},
            {"ready", cluster.ready_count},
            {"cordoned", cluster.cordoned_count},
            {"losses", cluster.node_loss_count}}},
          {"gpus",
           {{"registered", cluster.gpu_count},
            {"quarantined", cluster.quarantined_count},
            {"in_repair", cluster.in_repair_count},
            {"in_verification", cluster.in_verification_count},
            {"faults", cluster.gpu_fault_count}}},
          {"faults", faults_json(cluster.faults)}};
}

void list(const Call& call) {
  call->answer(listed(call->context().simulated_clusters->list(), cluster_json));
}

void show(const Call& call, const std::string& name, unsigned status) {
  const auto cluster = call->context().simulated_clusters->find(name);
  if (!cluster) return call->not_found("simulated cluster");
  call->answer(cluster_json(*cluster), status);
}

// What is asked for.

struct Wish {
  std::string name;
  SimulatedClusterRequested machines;
  ClusterDeclared policy;
};

/// It is part of the ids of nodes.
bool is_cluster_name(std::string_view name) {
  return name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
         std::string_view::npos;
}

template <class Enumeration>
Enumeration read_word(JsonFields& fields, std::string_view name, std::string_view problem) {
  auto value = Enumeration{};
  const auto word = fields.optional_string(name, 32);
  if (word && !boost::describe::enum_from_string(std::string(*word).c_str(), value))
    fields.refuse(name, problem);
  return value;
}

std::uint32_t read_count(JsonFields& fields, std::string_view name, std::int64_t max) {
  return static_cast<std::uint32_t>(fields.optional_integer(name, 0, max).value_or(0));
}

Wish read_wish(JsonFields& fields) {
  Wish wish;
  wish.name = fields.required_string("name", cluster_name_bytes_max);
  if (!is_cluster_name(wish.name))
    fields.refuse("name", "may have letters, digits, '-', '_' and '.'");
  auto& machines = wish.machines;
  machines.node_count = read_count(fields, "node_count", SimulatedCluster::node_count_max);
  if (machines.node_count == 0) fields.refuse("node_count", "must be 1 at least");
  machines.gpus_per_node = read_count(fields, "gpus_per_node", Node::gpu_count_max);
  machines.gpu_model = fields.optional_string("gpu_model", name_bytes_max).value_or("");
  machines.cpu_count = read_count(fields, "cpu_count", cpu_count_max);
  machines.memory_mib = read_count(fields, "memory_mib", memory_mib_max);
  machines.seed = static_cast<std::uint64_t>(
      fields.optional_integer("seed", 0, std::numeric_limits<std::int64_t>::max()).value_or(1));
  if ((machines.gpus_per_node != 0) != !machines.gpu_model.empty())
    fields.refuse("gpu_model", "goes with gpus_per_node");
  if (machines.gpus_per_node == 0 && machines.cpu_count == 0)
    fields.refuse("cpu_count", "is required of nodes without GPUs");
  wish.policy = {std::string(fields.optional_string("location", name_bytes_max).value_or("")),
                 read_word<WhenFull>(fields, "when_full", R"(must be "refuse" or "queue")"),
                 read_word<PlacementStrategy>(fields, "strategy", R"(must be "pack" or "spread")")};
  return wish;
}

/// Real machines, or somebody's simulated ones, aren't taken over: who counts what is missing by
/// name would never be done.
bool has_other_nodes(const AdminContext& context, const std::string& name) {
  if (context.simulated_clusters->find(name)) return false;
  return !context.nodes->list(name, "", 1).empty() ||
         context.nodes->find(simulated_node_id(name, 1)).has_value();
}

void request_machines(const Call& call, const Wish& wish) {
  order<SimulatedCluster>(call, wish.name, SimulatedCluster::Request{wish.machines},
                          [call, name = wish.name] { show(call, name, 201); });
}

/// The cluster that its nodes join is declared first, unless somebody has.
void request(const Call& call) {
  with_body(call, read_wish, [&](const Wish& wish) {
    if (has_other_nodes(call->context(), wish.name))
      return call->refuse(409, "cluster_has_nodes",
                          "The cluster has nodes that aren't simulated by its name: simulate "
                          "another one.");
    if (call->context().catalogue->current()->cluster(wish.name))
      return request_machines(call, wish);
    order<Cluster>(call, wish.name, Cluster::Declare{wish.policy},
                   [call, wish] { request_machines(call, wish); });
  });
}

// What breaks.

std::uint32_t read_rate(JsonFields& fields, std::string_view name) {
  return read_count(fields, name, rate_max);
}

FaultRates read_rates(JsonFields fields) {
  FaultRates rates;
  rates.xid_per_million_gpu_hours = read_rate(fields, "xid_per_million_gpu_hours");
  rates.ecc_per_million_gpu_hours = read_rate(fields, "ecc_per_million_gpu_hours");
  rates.node_loss_per_million_node_hours = read_rate(fields, "node_loss_per_million_node_hours");
  rates.partition_per_million_node_hours = read_rate(fields, "partition_per_million_node_hours");
  rates.slow_start_permille = read_count(fields, "slow_start_permille", 1'000);
  return rates;
}

ScriptedFault read_fault(JsonFields fields, const SimulatedClusterDetails& cluster) {
  const auto span = [&](std::string_view name) {
    return static_cast<std::uint64_t>(fields.optional_integer(name, 0, span_ms_max).value_or(0));
  };
  ScriptedFault fault;
  fault.after_ms = span("after_ms");
  fault.kind = read_word<FaultKind>(
      fields, "kind", R"(must be "xid", "ecc", "node_loss", "partition" or "slow_start")");
  if (!fields.has("kind")) fields.refuse("kind", "is required");
  fault.node_id = fields.required_string("node_id", id_bytes_max);
  const auto number = number_of_simulated_node(fault.node_id);
  if (!number || cluster_of_simulated_node(fault.node_id) != cluster.name ||
      *number > cluster.machines.node_count)
    fields.refuse("node_id",
                  "must be one of the cluster's, such as " + simulated_node_id(cluster.name, 1));
  fault.gpu_index = read_count(fields, "gpu_index", Node::gpu_count_max - 1);
  const bool is_of_gpu = fault.kind == FaultKind::xid || fault.kind == FaultKind::ecc;
  if (is_of_gpu && fault.gpu_index >= cluster.machines.gpus_per_node)
    fields.refuse("gpu_index", "must be one of the node's");
  fault.code = read_count(fields, "code", 1'000);
  fault.duration_ms = span("duration_ms");
  if (!is_of_gpu && fault.duration_ms == 0) fields.refuse("duration_ms", "must be 1 at least");
  return fault;
}

SimulatedFaultsSet read_faults(JsonFields& fields, const SimulatedClusterDetails& cluster) {
  SimulatedFaultsSet faults;
  if (auto rates = fields.optional_object("rates")) faults.rates = read_rates(*rates);
  if (const auto script = fields.optional_objects("script", script_size_max))
    for (const auto& each : *script) faults.script.push_back(read_fault(each, cluster));
  return faults;
}

void set_faults(const Call& call) {
  const auto name = call->parameter(0);
  const auto cluster = call->context().simulated_clusters->find(name);
  if (!cluster) return call->not_found("simulated cluster");
  with_body(
      call, [&](JsonFields& fields) { return read_faults(fields, *cluster); },
      [&](SimulatedFaultsSet faults) {
        order<SimulatedCluster>(call, name, SimulatedCluster::SetFaults{std::move(faults)},
                                [call, name] { show(call, name, 200); });
      });
}

}  // namespace

void add_simulated_clusters(AdminRoutes& routes) {
  routes.add(Method::get, "/orrery/v1/simulated-clusters", AdminAction::see_fleet, list);
  routes.add(Method::post, "/orrery/v1/simulated-clusters", AdminAction::change_fleet, request);
  routes.add(Method::get, "/orrery/v1/simulated-clusters/{cluster}", AdminAction::see_fleet,
             [](const Call& call) { show(call, call->parameter(0), 200); });
  routes.add(Method::put, "/orrery/v1/simulated-clusters/{cluster}/faults",
             AdminAction::change_fleet, set_faults);
}

}  // namespace orrery::admin
