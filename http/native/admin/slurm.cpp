#include <boost/describe/enum_from_string.hpp>
#include <boost/describe/enum_to_string.hpp>
#include <boost/json/value_from.hpp>

#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "projections/slurm/slurm_view.hpp"

namespace orrery::admin {
namespace {

namespace json = boost::json;

constexpr std::string_view state_wanted =
    "state must be requested, submitted, placed, claimed, lost or ended";

template <class Number>
json::value number_json(const std::optional<Number>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

json::value moment_json(const std::optional<Time>& time) {
  return time ? json::value(rfc3339_seconds(*time)) : json::value(nullptr);
}

/// What jobs use of a node that aren't ours.
json::object use_json(const SlurmForeignUseSeen& use) {
  return {
      {"gpu_count", use.gpu_count}, {"cpu_count", use.cpu_count}, {"memory_mib", use.memory_mib}};
}

json::object node_json(const SlurmClusterDetails& cluster, const SlurmNodeSeen& node) {
  const auto use = cluster.foreign_uses.find(node.node_id);
  return {{"name", node.name},
          {"node_id", node.node_id},
          {"address", node.address},
          {"gpu_type", text_json(node.gpu_type)},
          {"gpu_count", node.gpu_count},
          {"cpu_count", node.cpu_count},
          {"memory_mib", node.memory_mib},
          {"features", json::value_from(node.features)},
          {"partitions", json::value_from(node.partitions)},
          {"foreign_use",
           use_json(use == cluster.foreign_uses.end() ? SlurmForeignUseSeen{} : use->second)}};
}

json::object cluster_json(const SlurmClusterDetails& cluster) {
  json::array nodes;
  for (const auto& [name, node] : cluster.nodes) nodes.push_back(node_json(cluster, node));
  return {{"name", cluster.name},
          {"version", cluster.controller.version},
          {"booted_at", time_json(cluster.controller.boot_time_s)},
          {"nodes", std::move(nodes)}};
}

json::value end_json(const std::optional<SlurmRunEnded>& end) {
  if (!end) return nullptr;
  return json::object{{"end", boost::describe::enum_to_string(end->end, "unknown")},
                      {"exit_code", number_json(end->exit_code)},
                      {"signal", number_json(end->signal)},
                      {"message", text_json(end->message)}};
}

json::object run_json(const SlurmRunDetails& run) {
  const bool has_id = run.slurm_job_id != 0;
  return {{"run", run.id},
          {"state", boost::describe::enum_to_string(run.phase, "unknown")},
          {"withdrawn", run.is_withdrawn},
          {"attempt", run.attempt},
          {"node_id", text_json(run.node_id)},
          {"slurm_job_id", has_id ? json::value(run.slurm_job_id) : json::value(nullptr)},
          {"controller_booted_at", time_json(run.boot_time_s)},
          {"host", text_json(run.host)},
          {"lost_reason", text_json(run.lost_reason)},
          {"ended", end_json(run.end)},
          {"requested_at", rfc3339_seconds(run.requested_at)},
          {"submitted_at", moment_json(run.submitted_at)},
          {"claimed_at", moment_json(run.claimed_at)},
          {"ended_at", moment_json(run.ended_at)}};
}

void list_clusters(const Call& call) {
  call->answer(listed(call->context().slurm->clusters(), cluster_json));
}

void list_runs(const Call& call) {
  const auto limit = page_size(call->request());
  if (!limit) return call->wrong(page_size_wanted);
  std::optional<SlurmRunPhase> phase;
  if (const auto state = call->request().query_parameter("state"); !state.empty())
    if (!boost::describe::enum_from_string(std::string(state).c_str(), phase.emplace()))
      return call->wrong(state_wanted);
  const auto runs =
      call->context().slurm->runs(phase, call->request().query_parameter("after"), *limit);
  auto page = listed(runs, run_json);
  if (runs.size() == *limit) page["next"] = runs.back().id;
  call->answer(page);
}

void show_run(const Call& call) {
  const auto run = call->context().slurm->find_run(call->parameter(0));
  if (!run) return call->not_found("run");
  call->answer(run_json(*run));
}

}  // namespace

void add_slurm(AdminRoutes& routes) {
  routes.add(Method::get, "/orrery/v1/slurm", AdminAction::see_fleet, list_clusters);
  routes.add(Method::get, "/orrery/v1/slurm/runs", AdminAction::see_fleet, list_runs);
  routes.add(Method::get, "/orrery/v1/slurm/runs/{run}", AdminAction::see_fleet, show_run);
}

}  // namespace orrery::admin
