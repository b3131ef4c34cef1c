#include "cli/slurm/sacct_fields.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <boost/algorithm/string/join.hpp>

#include "cli/slurm/client.hpp"
#include "cli/slurm/columns.hpp"
#include "cli/slurm/job_row.hpp"

namespace orrery::slurm {

namespace {

namespace json = boost::json;

const json::object& object_of(const json::object& object, std::string_view key) {
  static const json::object none;
  const auto* found = object.if_contains(key);
  return found != nullptr && found->is_object() ? found->get_object() : none;
}

std::string of_job(const AccountedJob& record, std::string_view key) {
  return text_of(*record.job, key);
}

std::int64_t time_of(const AccountedJob& record, std::string_view key) {
  return number_of(object_of(record.own(), "time"), key);
}

std::string exit_text(const AccountedJob& record) {
  const auto& exit = object_of(record.own(), "exit_code");
  return fmt::format("{}:{}", number_of(exit, "return_code"),
                     number_of(object_of(exit, "signal"), "signal_id"));
}

/// What is counted of a kind: cpu, mem, node, gres/gpu.
std::int64_t counted(const AccountedJob& record, std::string_view which, std::string_view kind) {
  for (const auto& each : list_of(object_of(record.own(), "tres"), which)) {
    const auto& tres = each.as_object();
    const auto name = text_of(tres, "name");
    const auto type = text_of(tres, "type");
    if ((name.empty() ? type : type + "/" + name) == kind) return number_of(tres, "count");
  }
  return 0;
}

std::string tres_text(const AccountedJob& record, std::string_view which) {
  std::vector<std::string> parts;
  for (const auto& each : list_of(object_of(record.own(), "tres"), which)) {
    const auto& tres = each.as_object();
    const auto count = number_of(tres, "count");
    if (count <= 0) continue;
    const auto type = text_of(tres, "type");
    const auto name = text_of(tres, "name");
    parts.push_back(fmt::format(
        "{}{}{}={}", type, name.empty() ? "" : "/", name,
        type == "mem" ? memory_text(static_cast<std::uint64_t>(count)) : std::to_string(count)));
  }
  std::ranges::sort(parts);
  return boost::algorithm::join(parts, ",");
}

std::string cpus_text(const AccountedJob& record) {
  return std::to_string(counted(record, "allocated", "cpu"));
}

std::string elapsed_text(const AccountedJob& record) {
  return long_duration_text(time_of(record, "elapsed"));
}

std::string limit_text(const AccountedJob& record) {
  const auto minutes = number_of(object_of(*record.job, "time"), "limit");
  if (record.step != nullptr) return "";
  return minutes == 0 ? "UNLIMITED" : long_duration_text(minutes * 60);
}

std::string moment(const AccountedJob& record, std::string_view key) {
  return moment_text(time_of(record, key), "Unknown");
}

std::string nodes_text(const AccountedJob& record) {
  const auto nodes = of_job(record, "nodes");
  return nodes.empty() ? "None assigned" : nodes;
}

/// What steps don't have.
std::string job_only(const AccountedJob& record, std::string text) {
  return record.step != nullptr ? std::string() : std::move(text);
}

/// By name.
constexpr std::array first_fields = std::to_array<RecordField<AccountedJob>>({
    {"account", "Account", 10, [](const AccountedJob& record) { return of_job(record, "account"); }},
    {"alloccpus", "AllocCPUS", 10, cpus_text},
    {"allocnodes", "AllocNodes", 10,
     [](const AccountedJob& record) { return std::to_string(counted(record, "allocated", "node")); }},
    {"alloctres", "AllocTRES", 10,
     [](const AccountedJob& record) { return tres_text(record, "allocated"); }},
    {"cluster", "Cluster", 10, [](const AccountedJob& record) { return of_job(record, "cluster"); }},
    {"comment", "Comment", 14,
     [](const AccountedJob& record) { return text_of(object_of(*record.job, "comment"), "job"); }},
    {"constraints", "Constraints", 15,
     [](const AccountedJob& record) { return of_job(record, "constraints"); }},
    {"elapsed", "Elapsed", 10, elapsed_text},
    {"elapsedraw", "ElapsedRaw", 10,
     [](const AccountedJob& record) { return std::to_string(time_of(record, "elapsed")); }},
    {"eligible", "Eligible", 19,
     [](const AccountedJob& record) {
       return moment_text(number_of(object_of(*record.job, "time"), "eligible"), "Unknown");
     }},
    {"end", "End", 19, [](const AccountedJob& record) { return moment(record, "end"); }},
    {"exitcode", "ExitCode", 8, exit_text},
    {"group", "Group", 9, [](const AccountedJob& record) { return of_job(record, "group"); }},
});

constexpr std::array last_fields = std::to_array<RecordField<AccountedJob>>({
    {"jobid", "JobID", -12, accounted_id},
    {"jobidraw", "JobIDRaw", -12,
     [](const AccountedJob& record) {
       auto id = std::to_string(number_of(*record.job, "job_id"));
       if (record.step != nullptr) id += "." + text_of(object_of(*record.step, "step"), "id");
       return id;
     }},
    {"jobname", "JobName", 10,
     [](const AccountedJob& record) {
       return record.step != nullptr ? text_of(object_of(*record.step, "step"), "name")
                                     : of_job(record, "name");
     }},
    {"ncpus", "NCPUS", 10, cpus_text},
    {"nnodes", "NNodes", 8,
     [](const AccountedJob& record) { return std::to_string(counted(record, "allocated", "node")); }},
    {"nodelist", "NodeList", 15, nodes_text},
    {"ntasks", "NTasks", 8,
     [](const AccountedJob& record) {
       return record.step == nullptr
                  ? std::string()
                  : std::to_string(number_of(object_of(*record.step, "tasks"), "count"));
     }},
    {"partition", "Partition", 10,
     [](const AccountedJob& record) { return job_only(record, of_job(record, "partition")); }},
    {"priority", "Priority", 10,
     [](const AccountedJob& record) { return job_only(record, std::to_string(number_of(*record.job, "priority"))); }},
    {"qos", "QOS", 10, [](const AccountedJob& record) { return job_only(record, of_job(record, "qos")); }},
    {"reason", "Reason", 22,
     [](const AccountedJob& record) { return job_only(record, text_of(object_of(*record.job, "state"), "reason")); }},
    {"reqcpus", "ReqCPUS", 8,
     [](const AccountedJob& record) {
       return std::to_string(number_of(object_of(*record.job, "required"), "CPUs"));
     }},
    {"reqmem", "ReqMem", 10,
     [](const AccountedJob& record) { return job_only(record, memory_text(static_cast<std::uint64_t>( number_of(object_of(*record.job, "required"), "memory")))); }},
    {"reqtres", "ReqTRES", 10,
     [](const AccountedJob& record) { return job_only(record, tres_text(record, "requested")); }},
    {"start", "Start", 19, [](const AccountedJob& record) { return moment(record, "start"); }},
    {"state", "State", 10, accounted_state},
    {"submit", "Submit", 19,
     [](const AccountedJob& record) {
       return moment_text(number_of(object_of(*record.job, "time"), "submission"), "Unknown");
     }},
    {"timelimit", "Timelimit", 10, limit_text},
    {"timelimitraw", "TimelimitRaw", 12,
     [](const AccountedJob& record) { return job_only(record, std::to_string(number_of(object_of(*record.job, "time"), "limit"))); }},
    {"user", "User", 9, [](const AccountedJob& record) { return job_only(record, of_job(record, "user")); }},
    {"workdir", "WorkDir", 20,
     [](const AccountedJob& record) { return job_only(record, of_job(record, "working_directory")); }},
});

}  // namespace

std::string accounted_id(const AccountedJob& record) {
  const auto& array = object_of(*record.job, "array");
  const auto* task = array.if_contains("task_id");
  const bool is_task = number_of(array, "job_id") != 0 && task != nullptr && task->is_int64();
  auto id = is_task ? fmt::format("{}_{}", number_of(array, "job_id"), task->get_int64())
                    : std::to_string(number_of(*record.job, "job_id"));
  if (record.step != nullptr) id += "." + text_of(object_of(*record.step, "step"), "id");
  return id;
}

std::string accounted_state(const AccountedJob& record) {
  if (record.step != nullptr) return text_of(*record.step, "state");
  return text_of(object_of(*record.job, "state"), "current");
}

std::int64_t accounted_array(const AccountedJob& record) {
  return number_of(object_of(*record.job, "array"), "job_id");
}

std::span<const RecordField<AccountedJob>> sacct_fields() {
  static const auto all = [] {
    std::vector<RecordField<AccountedJob>> fields(first_fields.begin(), first_fields.end());
    fields.insert(fields.end(), last_fields.begin(), last_fields.end());
    return fields;
  }();
  return all;
}

}  // namespace orrery::slurm
