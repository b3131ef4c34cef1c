#include "http/aicenter/accounting/job_record.hpp"

#include <csignal>
#include <cstring>

#include <boost/algorithm/string/join.hpp>
#include <boost/json/array.hpp>

#include "events/folds/billing_terms.hpp"
#include "http/aicenter/sbatch/values.hpp"
#include "http/aicenter/tres.hpp"
#include "projections/nodes/node_view.hpp"

namespace orrery::aicenter {
namespace {

namespace json = boost::json;

constexpr std::uint32_t energy_tres = 3;

json::object no_seconds() { return {{"seconds", 0}, {"microseconds", 0}}; }

json::value moment_or_null(Time time) {
  return time == Time{} ? json::value(nullptr) : json::value(seconds_of(time));
}

std::int64_t end_s(const JobRow& job, const JobRecordWish& wish) {
  if (job.ended_at != Time{}) return seconds_of(job.ended_at);
  return job.started_at == Time{} ? 0 : seconds_of(wish.now);
}

std::int64_t elapsed_s(const JobRow& job, const JobRecordWish& wish) {
  if (job.started_at == Time{}) return 0;
  return std::max<std::int64_t>(0, end_s(job, wish) - seconds_of(job.started_at));
}

json::object exit_json(const JobRow& job) {
  if (!has_ended(job.status) && !job.exit_code && !job.signal)
    return {{"status", "PENDING"}, {"return_code", 0}};
  if (job.signal) {
    const auto* name = sigdescr_np(static_cast<int>(*job.signal));
    json::object signal{{"signal_id", *job.signal}, {"name", name ? name : "Unknown signal"}};
    return {{"status", "SIGNALED"}, {"return_code", nullptr}, {"signal", std::move(signal)}};
  }
  const auto code = job.exit_code.value_or(0);
  return {{"status", code == 0 ? "SUCCESS" : "ERROR"}, {"return_code", code}};
}

json::object success() { return {{"status", "SUCCESS"}, {"return_code", 0}}; }

json::object time_json(const JobRow& job, const JobRecordWish& wish) {
  const auto submitted_s = seconds_of(job.submitted_at);
  const auto limit = job.run ? job.run->time_limit_min : job.facts->time_limit_min;
  return {{"elapsed", elapsed_s(job, wish)},
          {"eligible", std::max(submitted_s, job.facts->begin_time_s)},
          {"end", end_s(job, wish)},
          {"start", moment_or_null(job.started_at)},
          {"submission", submitted_s},
          {"suspended", 0},
          {"system", no_seconds()},
          {"limit", limit},
          {"total", no_seconds()},
          {"user", no_seconds()}};
}

Tres requested(const JobRow& job) {
  const auto& resources = job.facts->resources;
  const std::uint64_t nodes = resources.node_count;
  return {nodes * resources.cpus_per_node, nodes * resources.memory_mib_per_node, nodes,
          nodes * resources.cpus_per_node, nodes * resources.gpus_per_node};
}

/// What a job that has its nodes to itself has of them.
Tres whole_nodes(const JobRow& job, const NodeView& view) {
  auto tres = requested(job);
  tres.cpus = tres.memory_mib = 0;
  for (const auto& place : job.run->places)
    if (const auto node = view.find(place.node_id)) {
      tres.cpus += node->description.cpu_count;
      tres.memory_mib += node->description.memory_mib;
    }
  tres.billing = tres.cpus;
  return tres;
}

Tres allocated(const JobRow& job, const JobRecordWish& wish) {
  if (!job.run || job.run->places.empty()) return {};
  return job.facts->resources.is_exclusive && wish.nodes ? whole_nodes(job, *wish.nodes)
                                                         : requested(job);
}

/// Slurm's own has energy between memory and nodes, which nobody measures here.
json::array allocated_json(const Tres& tres) {
  json::array array;
  for (auto& each : tres_json(tres)) {
    const auto is_node = each.at("type") == "node";
    if (is_node) array.push_back(tres_json(energy_tres, nullptr));
    array.push_back(std::move(each));
  }
  return array;
}

std::vector<std::string> node_ids(const JobRow& job) {
  std::vector<std::string> ids;
  if (job.run)
    for (const auto& place : job.run->places) ids.push_back(place.node_id);
  return ids;
}

json::array flags_of(const JobRow& job) {
  json::array flags;
  if (job.started_at == Time{}) return flags;
  flags.emplace_back("CLEAR_SCHEDULING");
  flags.emplace_back(job.run && job.run->is_backfilled ? "STARTED_ON_BACKFILL"
                                                       : "STARTED_ON_SCHEDULE");
  return flags;
}

json::object array_json(const JobRow& job) {
  const auto running = job.task ? job.task->running_max : 0;
  json::object most{{"running", json::object{{"tasks", running}}}};
  return {{"job_id", job.task ? job.task->array_id : 0},
          {"limits", json::object{{"max", std::move(most)}}},
          {"task", nullptr},
          {"task_id", job.task ? json::value(job.task->task_id) : json::value(nullptr)}};
}

json::object step_time(const JobRow& job, const JobRecordWish& wish) {
  return {{"elapsed", elapsed_s(job, wish)},
          {"end", end_s(job, wish)},
          {"start", moment_or_null(job.started_at)},
          {"suspended", 0},
          {"system", no_seconds()},
          {"total", no_seconds()},
          {"user", no_seconds()}};
}

json::object step_tres(const JobRow& job, const JobRecordWish& wish) {
  const auto empty = [] {
    return json::object{{"max", json::array()},
                        {"min", json::array()},
                        {"average", json::array()},
                        {"total", json::array()}};
  };
  auto tres = allocated(job, wish);
  tres.billing = 0;
  return {{"requested", empty()}, {"consumed", empty()}, {"allocated", tres_json(tres)}};
}

json::object step_json(const JobRow& job, const JobRecordWish& wish) {
  const auto ids = node_ids(job);
  const auto* const name = job.facts->is_interactive ? "0" : "batch";
  json::object nodes{{"list", json::array(ids.begin(), ids.end())},
                     {"count", ids.size()},
                     {"range", sbatch::host_list_text(ids)}};
  json::object frequency{{"min", 0}, {"max", 0}};
  json::object cpu{{"requested_frequency", std::move(frequency)}, {"governor", json::array()}};
  json::object statistics{{"CPU", json::object{{"actual_frequency", 0}}},
                          {"energy", json::object{{"consumed", 0}}}};
  json::object step{{"job_id", job.id},
                    {"het", json::object{{"component", nullptr}}},
                    {"id", name},
                    {"name", job.facts->is_interactive ? job.facts->name : name}};
  return {{"nodes", std::move(nodes)},
          {"tres", step_tres(job, wish)},
          {"time", step_time(job, wish)},
          {"exit_code", exit_json(job)},
          {"tasks", json::object{{"count", 1}}},
          {"pid", nullptr},
          {"CPU", std::move(cpu)},
          {"kill_request_user", nullptr},
          {"state", accounted_state(job.status)},
          {"statistics", std::move(statistics)},
          {"step", std::move(step)},
          {"task", json::object{{"distribution", "Unknown"}}}};
}

json::array steps_json(const JobRow& job, const JobRecordWish& wish) {
  json::array steps;
  if (wish.with_steps && job.started_at != Time{}) steps.push_back(step_json(job, wish));
  return steps;
}

/// Who it is accounted to, and what is said about it.
void add_owner(const JobRow& job, json::object& record) {
  const auto& facts = *job.facts;
  json::object comment{
      {"administrator", nullptr},
      {"job", facts.comment.empty() ? json::value(nullptr) : json::value(facts.comment)},
      {"system", nullptr}};
  json::object association{{"account", facts.account},
                           {"cluster", facts.cluster},
                           {"partition", nullptr},
                           {"user", facts.user}};
  record["account"] = facts.account;
  record["comment"] = std::move(comment);
  record["allocation_nodes"] = job.run ? job.run->places.size() : 0;
  record["array"] = array_json(job);
  record["association"] = std::move(association);
  record["cluster"] = facts.cluster;
  record["constraints"] = boost::algorithm::join(facts.nodes.features, "&");
  record["container"] = nullptr;
}

/// What it is called, and where it ran.
void add_placing(const JobRow& job, json::object& record) {
  const auto& facts = *job.facts;
  const auto ids = node_ids(job);
  const auto& resources = facts.resources;
  record["flags"] = flags_of(job);
  record["group"] = facts.account;
  record["het"] = json::object{{"job_id", 0}, {"job_offset", nullptr}};
  record["job_id"] = job.id;
  record["name"] = facts.name;
  record["mcs"] = json::object{{"label", ""}};
  record["nodes"] = ids.empty() ? "None assigned" : sbatch::host_list_text(ids);
  record["partition"] =
      job.run ? job.run->partition : boost::algorithm::join(facts.partitions, ",");
  record["priority"] = job.priority;
  record["qos"] = facts.qos;
  record["required"] =
      json::object{{"CPUs", std::uint64_t{resources.cpus_per_node} * resources.node_count},
                   {"memory", resources.memory_mib_per_node}};
}

}  // namespace

std::string_view accounted_state(JobStatus status) {
  switch (status) {
    case JobStatus::pending:
      return "PENDING";
    case JobStatus::configuring:
    case JobStatus::running:
      return "RUNNING";
    case JobStatus::completing:
      return "COMPLETING";
    case JobStatus::completed:
      return "COMPLETED";
    case JobStatus::failed:
      return "FAILED";
    case JobStatus::timeout:
      return "TIMEOUT";
    case JobStatus::cancelled:
      return "CANCELLED";
    case JobStatus::preempted:
      return "PREEMPTED";
    case JobStatus::node_fail:
      return "NODE_FAIL";
  }
  return "PENDING";
}

json::object job_record_json(const JobRow& job, const JobRecordWish& wish) {
  json::object record;
  record.reserve(48);
  add_owner(job, record);
  record["derived_exit_code"] = success();
  record["time"] = time_json(job, wish);
  record["exit_code"] = exit_json(job);
  add_placing(job, record);
  record["kill_request_user"] = nullptr;
  record["reservation"] = json::object{{"id", 0}, {"name", 0}};
  record["state"] = json::object{{"current", accounted_state(job.status)},
                                 {"reason", job.reason.empty() ? "None" : job.reason}};
  record["steps"] = steps_json(job, wish);
  record["tres"] = json::object{{"allocated", allocated_json(allocated(job, wish))},
                                {"requested", tres_json(requested(job))}};
  record["user"] = job.facts->user;
  record["wckey"] = json::object{{"wckey", ""}, {"flags", json::array()}};
  record["working_directory"] = "";
  return record;
}

}  // namespace orrery::aicenter
