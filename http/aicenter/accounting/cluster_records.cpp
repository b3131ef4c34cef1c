#include "http/aicenter/accounting/record_json.hpp"
#include "http/aicenter/cluster/cluster_nodes.hpp"
#include "http/aicenter/sbatch/values.hpp"
#include "http/aicenter/tres.hpp"

namespace orrery::aicenter {
namespace {

namespace json = boost::json;

constexpr std::uint32_t gpu_tres = 1001;
/// slurmctld's, as Slurm has it where nobody says anything else.
constexpr int controller_port = 6817;
/// Of Slurm 22.05.
constexpr int rpc_version = 9728;

json::value limit_or_null(std::uint32_t limit) {
  return limit == 0 ? json::value(nullptr) : json::value(limit);
}

json::object no_counts() { return {{"account", nullptr}, {"user", nullptr}}; }

json::object tres_limits(const BatchQos& qos) {
  json::array of_user;
  if (qos.gpus_max != 0) of_user.push_back(tres_json(gpu_tres, qos.gpus_max));
  json::object minutes{{"qos", json::array()},
                       {"job", json::array()},
                       {"account", json::array()},
                       {"user", json::array()}};
  json::object per{{"account", json::array()},
                   {"job", json::array()},
                   {"node", json::array()},
                   {"user", std::move(of_user)}};
  return {{"total", json::array()},
          {"minutes", json::object{{"per", std::move(minutes)}}},
          {"per", std::move(per)}};
}

json::object most_of(const BatchQos& qos) {
  json::object wall_clock{{"qos", nullptr}, {"job", limit_or_null(qos.time_limit_max_min)}};
  json::object active{{"account", nullptr}, {"user", limit_or_null(qos.jobs_max)}};
  json::object jobs{{"active_jobs", json::object{{"per", std::move(active)}}},
                    {"per", no_counts()}};
  return {{"active_jobs", json::object{{"accruing", nullptr}, {"count", nullptr}}},
          {"tres", tres_limits(qos)},
          {"wall_clock", json::object{{"per", std::move(wall_clock)}}},
          {"jobs", std::move(jobs)},
          {"accruing", json::object{{"per", no_counts()}}}};
}

json::array modes_of(const BatchQos& qos) {
  switch (qos.preempt_mode) {
    case PreemptMode::requeue:
      return json::array{"REQUEUE"};
    case PreemptMode::cancel:
      return json::array{"CANCEL"};
    case PreemptMode::off:
      break;
  }
  return {};
}

json::object one_qos(const BatchQos& qos, std::size_t number) {
  json::object least{{"priority_threshold", nullptr},
                     {"tres", json::object{{"per", json::object{{"job", json::array()}}}}}};
  json::object limits{
      {"grace_time", 0}, {"max", most_of(qos)}, {"factor", nullptr}, {"min", std::move(least)}};
  json::object preempt{{"list", json::array(qos.preempts.begin(), qos.preempts.end())},
                       {"mode", modes_of(qos)},
                       {"exempt_time", limit_or_null(qos.preempt_exempt_s)}};
  return {{"description", qos.description},
          {"flags", json::array()},
          {"id", number},
          {"limits", std::move(limits)},
          {"name", qos.name},
          {"preempt", std::move(preempt)},
          {"priority", qos.priority_factor_permille},
          {"usage_factor", qos.usage_factor_permille / 1000.0},
          {"usage_threshold", nullptr}};
}

/// Everything that is counted, with what the cluster has of it.
json::array cluster_tres(const Tres& all) {
  json::array array;
  for (auto& each : known_tres()) {
    auto& object = each.get_object();
    const auto id = object["id"].to_number<std::uint32_t>();
    if (object["type"] == "dynamic_offset") continue;
    if (id == 1) object["count"] = all.cpus;
    if (id == 2) object["count"] = all.memory_mib;
    if (id == 4) object["count"] = all.nodes;
    if (id == 5) object["count"] = all.billing;
    if (id == gpu_tres) object["count"] = all.gpus;
    array.push_back(std::move(each));
  }
  return array;
}

}  // namespace

json::array qos_json(const BatchPolicy& policy) {
  json::array array;
  for (const auto& qos : policy.qos) array.push_back(one_qos(qos, array.size() + 1));
  return array;
}

json::array clusters_json(const AicenterContext& context) {
  const auto nodes = cluster_nodes(context);
  std::vector<std::string> ids;
  for (const auto& node : nodes) ids.push_back(node.id);
  json::object controller{{"host", context.host}, {"port", controller_port}};
  json::object cluster{{"controller", std::move(controller)},
                       {"flags", json::array()},
                       {"name", context.cluster},
                       {"nodes", sbatch::host_list_text(ids)},
                       {"select_plugin", "cons_tres"},
                       {"associations", json::object{{"root", nullptr}}},
                       {"rpc_version", rpc_version},
                       {"tres", cluster_tres(size_of(nodes, ids))}};
  return json::array{std::move(cluster)};
}

}  // namespace orrery::aicenter
