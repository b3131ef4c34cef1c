#include "drivers/slurm/port/slurm_texts.hpp"

#include <ctime>

#include "drivers/slurm/port/slurm_words.hpp"
#include "drivers/slurm/port/text_fields.hpp"

namespace orrery {
namespace {

/// "Reason" can be anything, so it and what comes after it are no fields.
constexpr std::string_view reason_begin = " Reason=";

/// "broken fan [root@2026-11-22T14:10:15]": who and when are left out, and a comment behind it.
std::string reason_in(std::string_view text) {
  const auto by = text.find('@', text.find(" ["));
  return std::string(text.substr(0, by == text.npos ? by : text.rfind(" [", by)));
}

SlurmNode node_of(std::string_view line) {
  const auto reason = line.find(reason_begin);
  const auto fields = fields_of(line.substr(0, reason));
  SlurmNode node;
  node.name = text_field(fields, "NodeName");
  node.address = text_field(fields, "NodeAddr");
  count_gpus(node, text_field(fields, "Gres"), text_field(fields, "GresUsed"));
  // What jobs can have of them, which before 22.05 was not told.
  node.cpu_count = number_field(fields, fields.contains("CPUEfctv") ? "CPUEfctv" : "CPUTot");
  node.cpus_used = number_field(fields, "CPUAlloc");
  node.memory_mib = number_field(fields, "RealMemory");
  node.memory_used_mib = number_field(fields, "AllocMem");
  node.features = list_field(fields, "ActiveFeatures");
  node.partitions = list_field(fields, "Partitions");
  for (const auto word : split_text(text_field(fields, "State"), '+')) note_node_state(node, word);
  if (reason != line.npos) node.reason = reason_in(line.substr(reason + reason_begin.size()));
  return node;
}

std::vector<std::string> names_field(const Fields& fields, std::string_view name) {
  return text_field(fields, name) == "ALL" ? std::vector<std::string>() : list_field(fields, name);
}

SlurmPartition partition_of(std::string_view line) {
  const auto fields = fields_of(line);
  const auto is_set = [&](std::string_view name) { return text_field(fields, name) == "YES"; };
  SlurmPartition partition;
  partition.name = text_field(fields, "PartitionName");
  partition.state = text_field(fields, "State");
  partition.time_limit_min_max = slurm_minutes(text_field(fields, "MaxTime"));
  partition.time_limit_min_default = slurm_minutes(text_field(fields, "DefaultTime"));
  partition.groups = names_field(fields, "AllowGroups");
  partition.accounts = names_field(fields, "AllowAccounts");
  partition.accounts_denied = list_field(fields, "DenyAccounts");
  partition.is_for_root_only = is_set("RootOnly");
  partition.is_closed_to_root = is_set("DisableRootJobs");
  partition.needs_reservation = is_set("ReqResv");
  return partition;
}

/// Seconds, as SLURM_TIME_FORMAT=%s makes them, or "2026-11-22T14:05:48" of versions that don't
/// know of it.
std::optional<std::int64_t> moment_of(std::string_view text) {
  if (const auto seconds = whole_number(text)) return static_cast<std::int64_t>(*seconds);
  std::tm parts{};
  const std::string whole(text);
  const char* const end = ::strptime(whole.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return ::timegm(&parts);
}

/// A list is; one that was cut ends within a line.
bool is_whole(std::string_view text) { return text.empty() || text.ends_with('\n'); }

/// Of a line of `squeue_format`.
std::optional<SlurmJob> job_of(std::string_view line) {
  const auto id_end = line.find('\x1f');
  const auto state_end = id_end == line.npos ? id_end : line.find('\x1f', id_end + 1);
  const auto reason_end = state_end == line.npos ? state_end : line.find('\x1f', state_end + 1);
  if (reason_end == line.npos) return std::nullopt;
  const auto id = whole_number(line.substr(0, id_end));
  if (!id) return std::nullopt;
  return SlurmJob{*id, std::string(line.substr(reason_end + 1)),
                  slurm_job_state(line.substr(id_end + 1, state_end - id_end - 1)),
                  std::string(line.substr(state_end + 1, reason_end - state_end - 1))};
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") + 1 - begin);
}

}  // namespace

std::optional<std::vector<SlurmJob>> read_squeue(std::string_view text) {
  if (!is_whole(text)) return std::nullopt;
  std::vector<SlurmJob> jobs;
  for (const auto line : split_text(text, '\n')) {
    auto job = job_of(line);
    if (job)
      jobs.push_back(std::move(*job));
    else if (jobs.empty() && !line.empty())
      return std::nullopt;
  }
  return jobs;
}

std::optional<std::vector<SlurmNode>> read_scontrol_nodes(std::string_view text) {
  if (!is_whole(text)) return std::nullopt;
  std::vector<SlurmNode> nodes;
  for (const auto line : split_text(text, '\n'))
    if (line.starts_with("NodeName=")) nodes.push_back(node_of(line));
  return nodes;
}

std::optional<std::vector<SlurmPartition>> read_scontrol_partitions(std::string_view text) {
  if (!is_whole(text)) return std::nullopt;
  std::vector<SlurmPartition> partitions;
  for (const auto line : split_text(text, '\n'))
    if (line.starts_with("PartitionName=")) partitions.push_back(partition_of(line));
  return partitions;
}

std::optional<SlurmController> read_scontrol_config(std::string_view text) {
  SlurmController controller;
  std::optional<std::int64_t> since;
  for (const auto line : split_text(text, '\n')) {
    const auto equals = line.find('=');
    if (equals == line.npos) continue;
    const auto name = trimmed(line.substr(0, equals));
    const auto value = trimmed(line.substr(equals + 1));
    if (name == "BOOT_TIME") since = moment_of(value);
    if (name == "ClusterName") controller.cluster_name = value;
    if (name == "SLURM_VERSION") controller.version = value;
  }
  if (!since) return std::nullopt;
  controller.boot_time_s = *since;
  return controller;
}

std::optional<std::uint64_t> read_sbatch(std::string_view text) {
  for (const auto line : split_text(text, '\n'))
    if (const auto id = whole_number(trimmed(line.substr(0, line.find(';'))))) return id;
  return std::nullopt;
}

}  // namespace orrery
