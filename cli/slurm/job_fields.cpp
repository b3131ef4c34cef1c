#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/slurm/columns.hpp"
#include "cli/slurm/job_row.hpp"

namespace orrery::slurm {

namespace {

constexpr double priority_max = 4'294'967'295.0;

std::string number(const JobRow& job, std::string_view key) {
  return std::to_string(number_of(job.json(), key));
}
std::string text(const JobRow& job, std::string_view key) { return text_of(job.json(), key); }
std::string text_or(const JobRow& job, std::string_view key, std::string_view otherwise) {
  auto found = text_of(job.json(), key);
  return found.empty() ? std::string(otherwise) : found;
}
std::string or_null(const JobRow& job, std::string_view key) { return text_or(job, key, "(null)"); }
std::string moment(const JobRow& job, std::string_view key) {
  return moment_text(number_of(job.json(), key), "N/A");
}
std::string gpus(const JobRow& job) {
  const auto asked = text_or(job, "tres_per_node", "N/A");
  // Slurm's commands say what kind of resource it is; its REST API leaves that out.
  return asked == "N/A" || asked.starts_with("gres:") ? asked : "gres:" + asked;
}
std::string sharing(const JobRow& job) { return text(job, "shared") == "none" ? "NO" : "OK"; }
std::string priority(const JobRow& job) {
  const auto whole = static_cast<double>(number_of(job.json(), "priority"));
  return fmt::format("{:.14f}", whole / priority_max);
}

constexpr std::array fields = std::to_array<JobField>({
    {"i", "jobarrayid", "JOBID", [](const JobRow& job) { return job.id_text(); }},
    {"A", "jobid", "JOBID", [](const JobRow& job) { return std::to_string(job.id()); }},
    {"a", "account", "ACCOUNT", [](const JobRow& job) { return or_null(job, "account"); }},
    {"b", "tres-per-node", "TRES_PER_NODE", gpus},
    {"", "gres", "TRES_PER_NODE", gpus},
    {"B", "batchhost", "EXEC_HOST", [](const JobRow& job) { return text(job, "batch_host"); }},
    {"c", "mincpus", "MIN_CPUS",
     [](const JobRow& job) { return number(job, "minimum_cpus_per_node"); }},
    {"C", "numcpus", "CPUS", [](const JobRow& job) { return number(job, "cpus"); }},
    {"D", "numnodes", "NODES", [](const JobRow& job) { return number(job, "node_count"); }},
    {"e", "endtime", "END_TIME", [](const JobRow& job) { return moment(job, "end_time"); }},
    {"E", "dependency", "DEPENDENCY", [](const JobRow& job) { return or_null(job, "dependency"); }},
    {"f", "feature", "FEATURES", [](const JobRow& job) { return or_null(job, "features"); }},
    {"F", "arrayjobid", "ARRAY_JOB_ID",
     [](const JobRow&
            job) { return std::to_string(job.array_id() == 0 ? job.id() : job.array_id()); }},
    {"g", "groupname", "GROUP", [](const JobRow& job) { return text(job, "group_name"); }},
    {"G", "groupid", "GROUP", [](const JobRow& job) { return number(job, "group_id"); }},
    {"h", "oversubscribe", "OVER_SUBSCRIBE", sharing},
    {"j", "name", "NAME", [](const JobRow& job) { return text(job, "name"); }},
    {"k", "comment", "COMMENT", [](const JobRow& job) { return or_null(job, "comment"); }},
    {"K", "arraytaskid", "ARRAY_TASK_ID",
     [](const JobRow& job) { return job.array_id() == 0 ? std::string("N/A") : job.tasks_text(); }},
    {"l", "timelimit", "TIME_LIMIT", [](const JobRow& job) { return job.time_limit(); }},
    {"L", "timeleft", "TIME_LEFT", [](const JobRow& job) { return job.time_left(); }},
    {"m", "minmemory", "MIN_MEMORY", [](const JobRow& job) { return job.memory(); }},
    {"M", "timeused", "TIME", [](const JobRow& job) { return duration_text(job.run_s()); }},
    {"n", "reqnodes", "REQ_NODES", [](const JobRow& job) { return text(job, "required_nodes"); }},
    {"N", "nodelist", "NODELIST", [](const JobRow& job) { return job.nodes(); }},
    {"o", "command", "COMMAND", [](const JobRow& job) { return or_null(job, "command"); }},
    {"p", "priority", "PRIORITY", priority},
    {"P", "partition", "PARTITION", [](const JobRow& job) { return text(job, "partition"); }},
    {"q", "qos", "QOS", [](const JobRow& job) { return or_null(job, "qos"); }},
    {"Q", "prioritylong", "PRIORITY", [](const JobRow& job) { return number(job, "priority"); }},
    {"r", "reason", "REASON", [](const JobRow& job) { return text(job, "state_reason"); }},
    {"R", "reasonlist", "NODELIST(REASON)",
     [](const JobRow& job) { return job.nodes_or_reason(); }},
    {"S", "starttime", "START_TIME", [](const JobRow& job) { return moment(job, "start_time"); }},
    {"t", "statecompact", "ST", [](const JobRow& job) { return job.short_state(); }},
    {"T", "state", "STATE", [](const JobRow& job) { return job.state(); }},
    {"u", "username", "USER", [](const JobRow& job) { return text(job, "user_name"); }},
    {"U", "userid", "UID", [](const JobRow& job) { return number(job, "user_id"); }},
    {"v", "reservation", "RESERVATION",
     [](const JobRow& job) { return or_null(job, "resv_name"); }},
    {"V", "submittime", "SUBMIT_TIME",
     [](const JobRow& job) { return moment(job, "submit_time"); }},
    {"x", "excnodes", "EXC_NODES", [](const JobRow& job) { return text(job, "excluded_nodes"); }},
    {"y", "nice", "NICE", [](const JobRow& job) { return number(job, "nice"); }},
    {"Y", "schednodes", "SCHEDNODES",
     [](const JobRow& job) { return or_null(job, "scheduled_nodes"); }},
    {"z", "sct", "S:C:T", [](const JobRow&) { return std::string("*:*:*"); }},
    {"Z", "workdir", "WORK_DIR",
     [](const JobRow& job) { return text(job, "current_working_directory"); }},
});

}  // namespace

const JobField* find_job_field(std::string_view word) {
  const auto found = std::ranges::find_if(fields, [&](const JobField& field) {
    return (!field.letter.empty() && field.letter == word) || field.name == word;
  });
  return found == fields.end() ? nullptr : &*found;
}

}  // namespace orrery::slurm
