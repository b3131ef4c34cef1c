#include "cli/slurm/scontrol_texts.hpp"

#include <fmt/format.h>
#include <boost/algorithm/string/case_conv.hpp>
#include <boost/algorithm/string/join.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <boost/json/array.hpp>

#include "cli/slurm/columns.hpp"
#include "cli/slurm/node_group.hpp"

namespace orrery::slurm {

namespace {

namespace json = boost::json;

std::string text(const json::object& record, std::string_view key,
                 std::string_view otherwise = "(null)") {
  auto found = text_of(record, key);
  return found.empty() ? std::string(otherwise) : found;
}

std::string moment(const json::object& record, std::string_view key,
                   std::string_view unknown = "Unknown") {
  return moment_text(number_of(record, key), unknown);
}

int truth(const json::object& record, std::string_view key) {
  return truth_of(record, key) ? 1 : 0;
}

std::string minutes(const json::object& record, std::string_view key, std::string_view otherwise) {
  const auto count = number_of(record, key);
  return count == 0 ? std::string(otherwise) : long_duration_text(count * 60);
}

std::string words(const json::object& record, std::string_view key) {
  std::vector<std::string> list;
  const auto* array = record.if_contains(key);
  if (array != nullptr && array->is_array())
    for (const auto& each : array->get_array()) list.emplace_back(each.as_string());
  return boost::algorithm::join(list, ",");
}

/// What was asked for while it waits, what it has while it runs.
std::string tres(const json::object& job) {
  const auto has = text_of(job, "tres_alloc_str");
  return has.empty() ? text_of(job, "tres_req_str") : has;
}

std::string exit_text(const json::object& job, std::string_view key) {
  const auto status = number_of(job, key);
  return fmt::format("{}:{}", status >> 8 & 0xFF, status & 0x7F);
}

std::string names(const JobRow& row) {
  const auto& job = row.json();
  auto head = fmt::format("JobId={}", row.id());
  if (row.array_id() != 0)
    head += fmt::format(" ArrayJobId={} ArrayTaskId={}", row.array_id(), row.tasks_text());
  if (const auto running = number_of(job, "array_max_tasks"); running != 0)
    head += fmt::format(" ArrayTaskThrottle={}", running);
  return head + fmt::format(" JobName={}\n", text_of(job, "name"));
}

std::string state_lines(const JobRow& row) {
  const auto& job = row.json();
  return fmt::format(
      "   UserId={}({}) GroupId={}({}) MCS_label=N/A\n"
      "   Priority={} Nice={} Account={} QOS={}\n"
      "   JobState={} Reason={} Dependency={}\n"
      "   Requeue={} Restarts={} BatchFlag={} Reboot=0 ExitCode={}\n",
      text_of(job, "user_name"), number_of(job, "user_id"), text_of(job, "group_name"),
      number_of(job, "group_id"), number_of(job, "priority"), number_of(job, "nice"),
      text(job, "account"), text(job, "qos"), row.state(), text(job, "state_reason", "None"),
      text(job, "dependency"), truth(job, "requeue"), number_of(job, "restart_cnt"),
      truth(job, "batch_flag"), exit_text(job, "exit_code"));
}

std::string time_lines(const JobRow& row) {
  const auto& job = row.json();
  return fmt::format(
      "   RunTime={} TimeLimit={} TimeMin={}\n"
      "   SubmitTime={} EligibleTime={}\n"
      "   AccrueTime={}\n"
      "   StartTime={} EndTime={} Deadline=N/A\n"
      "   SuspendTime=None SecsPreSuspend=0 LastSchedEval={} Scheduler={}\n",
      long_duration_text(row.run_s()), minutes(job, "time_limit", "UNLIMITED"),
      minutes(job, "time_minimum", "N/A"), moment(job, "submit_time"), moment(job, "eligible_time"),
      moment(job, "accrue_time"), moment(job, "start_time"), moment(job, "end_time"),
      moment(job, "last_sched_evaluation"),
      has_word(job, "flags", "BACKFILL_SCHEDULED") ? "Backfill" : "Main");
}

std::string place_lines(const JobRow& row, bool details) {
  const auto& job = row.json();
  const auto per_node = number_of(job, "memory_per_node");
  const auto memory =
      static_cast<std::uint64_t>(per_node != 0 ? per_node : number_of(job, "memory_per_cpu"));
  auto lines = fmt::format(
      "   Partition={} AllocNode:Sid=localhost:0\n"
      "   ReqNodeList={} ExcNodeList={}\n"
      "   NodeList={}\n",
      text_of(job, "partition"), text(job, "required_nodes"), text(job, "excluded_nodes"),
      row.nodes());
  if (!row.nodes().empty()) lines += fmt::format("   BatchHost={}\n", text_of(job, "batch_host"));
  lines += fmt::format(
      "   NumNodes={} NumCPUs={} NumTasks={} CPUs/Task={} ReqB:S:C:T=0:0:*:*\n"
      "   TRES={}\n"
      "   Socks/Node=* NtasksPerN:B:S:C=0:0:*:* CoreSpec=*\n",
      number_of(job, "node_count"), number_of(job, "cpus"), number_of(job, "tasks"),
      std::max<std::int64_t>(1, number_of(job, "cpus_per_task")), tres(job));
  if (details && !words(job, "gres_detail").empty())
    lines += fmt::format("     Nodes={} GRES={}\n", row.nodes(), words(job, "gres_detail"));
  return lines + fmt::format(
                     "   MinCPUsNode={} {}={} MinTmpDiskNode=0\n"
                     "   Features={} DelayBoot=00:00:00\n"
                     "   OverSubscribe={} Contiguous=0 Licenses=(null) Network=(null)\n",
                     number_of(job, "minimum_cpus_per_node"),
                     per_node != 0 ? "MinMemoryNode" : "MinMemoryCPU", memory_text(memory),
                     text(job, "features"), text_of(job, "shared") == "none" ? "NO" : "OK");
}

std::string file_lines(const JobRow& row) {
  const auto& job = row.json();
  auto lines = fmt::format(
      "   Command={}\n   WorkDir={}\n   StdErr={}\n   StdIn={}\n   StdOut={}\n   Power=\n",
      text(job, "command"), text_of(job, "current_working_directory"),
      text_of(job, "standard_error"), text(job, "standard_input", "/dev/null"),
      text_of(job, "standard_output"));
  if (const auto comment = text_of(job, "comment"); !comment.empty())
    lines.insert(lines.find("   StdErr"), fmt::format("   Comment={} \n", comment));
  auto gpus = text_of(job, "tres_per_node");
  if (!gpus.empty() && !gpus.starts_with("gres:")) gpus = "gres:" + gpus;
  if (!gpus.empty()) lines += fmt::format("   TresPerNode={}\n", gpus);
  return lines + "   \n\n";
}

std::string tres_used(const json::object& node) {
  const auto used = gpus_of(node);
  auto line = text_of(node, "tres_used");
  if (used.used != 0 && line.find("gres") == std::string_view::npos)
    line += fmt::format("{}gres/gpu={}", line.empty() ? "" : ",", used.used);
  return line;
}

}  // namespace

std::string job_record(const JobRow& job, bool details) {
  return names(job) + state_lines(job) + time_lines(job) + place_lines(job, details) +
         file_lines(job);
}

std::string node_record(const json::object& node) {
  auto state = boost::algorithm::to_upper_copy(text_of(node, "state"));
  for (const auto* flag : {"COMPLETING", "DRAIN", "MAINTENANCE", "RESERVED"})
    if (has_word(node, "state_flags", flag)) state += std::string("+") + flag;
  if (has_word(node, "state_flags", "NOT_RESPONDING")) state += "*";
  auto record = fmt::format(
      "NodeName={} Arch={} CoresPerSocket={}\n"
      "   CPUAlloc={} CPUEfctv={} CPUTot={} CPULoad={:.2f}\n"
      "   AvailableFeatures={}\n"
      "   ActiveFeatures={}\n"
      "   Gres={}\n"
      "   NodeAddr={} NodeHostName={} Version={}\n",
      text_of(node, "name"), text_of(node, "architecture"), number_of(node, "cores"),
      number_of(node, "alloc_cpus"), number_of(node, "cpus"), number_of(node, "cpus"),
      static_cast<double>(number_of(node, "cpu_load")) / 100, text(node, "features"),
      text(node, "active_features"), text(node, "gres"), text_of(node, "address"),
      text_of(node, "hostname"), text_of(node, "slurmd_version"));
  record += fmt::format(
      "   OS={} \n"
      "   RealMemory={} AllocMem={} FreeMem={} Sockets={} Boards={}\n"
      "   State={} ThreadsPerCore={} TmpDisk={} Weight={} Owner=N/A MCS_label=N/A\n"
      "   Partitions={} \n"
      "   BootTime={} SlurmdStartTime={}\n"
      "   LastBusyTime={}\n"
      "   CfgTRES={}\n"
      "   AllocTRES={}\n",
      text_of(node, "operating_system"), number_of(node, "real_memory"),
      number_of(node, "alloc_memory"), number_of(node, "free_memory"), number_of(node, "sockets"),
      number_of(node, "boards"), state, number_of(node, "threads"),
      number_of(node, "temporary_disk"), number_of(node, "weight"), words(node, "partitions"),
      moment(node, "boot_time"), moment(node, "slurmd_start_time"), moment(node, "last_busy"),
      text_of(node, "tres"), tres_used(node));
  if (const auto reason = text_of(node, "reason"); !reason.empty())
    record += fmt::format("   Reason={} [{}@{}]\n", reason, text(node, "reason_set_by_user"),
                          moment(node, "reason_changed_at"));
  return record + "\n";
}

std::string partition_record(const json::object& partition) {
  const auto limit = [&](std::string_view key, std::string_view otherwise) {
    return minutes(partition, key, otherwise);
  };
  const auto groups = text(partition, "allowed_groups", "ALL");
  return fmt::format(
      "PartitionName={}\n"
      "   AllowGroups={} AllowAccounts={} AllowQos={}\n"
      "   AllocNodes=ALL Default={} QoS={}\n"
      "   DefaultTime={} DisableRootJobs=NO ExclusiveUser=NO GraceTime={} Hidden=NO\n"
      "   MaxNodes=UNLIMITED MaxTime={} MinNodes=0 LLN=NO MaxCPUsPerNode=UNLIMITED\n"
      "   Nodes={}\n"
      "   PriorityJobFactor={} PriorityTier={} RootOnly=NO ReqResv=NO OverSubscribe=NO\n"
      "   OverTimeLimit=NONE PreemptMode={}\n"
      "   State={} TotalCPUs={} TotalNodes={} SelectTypeParameters=NONE\n"
      "   JobDefaults=(null)\n"
      "   DefMemPerNode=UNLIMITED MaxMemPerNode=UNLIMITED\n"
      "   TRES={}\n\n",
      text_of(partition, "name"), groups, text(partition, "allowed_accounts", "ALL"),
      text(partition, "allowed_qos", "ALL"), has_word(partition, "flags", "default") ? "YES" : "NO",
      text(partition, "qos", "N/A"), limit("default_time_limit", "NONE"),
      number_of(partition, "preemption_grace_time"), limit("max_time_limit", "UNLIMITED"),
      text_of(partition, "nodes"), number_of(partition, "priority_job_factor"),
      number_of(partition, "priority_tier"),
      has_word(partition, "preemption_mode", "disabled")
          ? "OFF"
          : boost::algorithm::to_upper_copy(words(partition, "preemption_mode")),
      text_of(partition, "state"), number_of(partition, "total_cpus"),
      number_of(partition, "total_nodes"), text_of(partition, "tres"));
}

std::string reservation_record(const json::object& reservation) {
  const auto start = number_of(reservation, "start_time");
  const auto end = number_of(reservation, "end_time");
  return fmt::format(
      "ReservationName={} StartTime={} EndTime={} Duration={}\n"
      "   Nodes={} NodeCnt={} CoreCnt={} Features=(null) PartitionName={} Flags={}\n"
      "   TRES={}\n"
      "   Users={} Groups=(null) Accounts={} Licenses=(null) State={} BurstBuffer=(null) "
      "Watts=n/a\n"
      "   MaxStartDelay=(null)\n\n",
      text_of(reservation, "name"), moment_text(start, "Unknown"), moment_text(end, "Unknown"),
      long_duration_text(end - start), text_of(reservation, "node_list"),
      number_of(reservation, "node_count"), number_of(reservation, "core_count"),
      text(reservation, "partition"), words(reservation, "flags"), text(reservation, "tres"),
      text(reservation, "users"), text(reservation, "accounts"),
      text(reservation, "state", "ACTIVE"));
}

std::string on_one_line(const std::string& record) {
  std::string line;
  std::string_view rest = record;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const auto part = boost::algorithm::trim_copy(std::string(rest.substr(0, end)));
    if (!part.empty()) line += part + " ";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return line + "\n";
}

}  // namespace orrery::slurm
