#include "cli/slurm/node_group.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "cli/slurm/columns.hpp"
#include "cli/slurm/job_row.hpp"
#include "http/aicenter/sbatch/values.hpp"

namespace orrery::slurm {

namespace {

namespace json = boost::json;

struct StateName {
  std::string_view whole;
  std::string_view brief;
  int rank = 0;
};

/// Names without the mark of a node that doesn't answer; ranks are Slurm's numbers of states.
StateName name_of(const json::object& node) {
  const auto base = text_of(node, "state");
  const bool works = base == "allocated" || base == "mixed";
  const auto flag = [&](std::string_view word) { return has_word(node, "state_flags", word); };
  if (flag("MAINTENANCE")) return {"maint", "maint", 512};
  if (flag("DRAIN") && base != "down")
    return works || flag("COMPLETING") ? StateName{"draining", "drng", 513}
                                       : StateName{"drained", "drain", 514};
  if (flag("RESERVED") && base == "idle") return {"reserved", "resv", 256};
  if (base == "down") return {"down", "down", 1};
  if (base == "allocated") return {"allocated", "alloc", 3};
  if (base == "mixed") return {"mixed", "mix", 5};
  if (flag("COMPLETING")) return {"completing", "comp", 6};
  return base == "idle" ? StateName{"idle", "idle", 2} : StateName{"unknown", "unk", 0};
}

std::string marked(const json::object& node, std::string_view name) {
  return std::string(name) + (has_word(node, "state_flags", "NOT_RESPONDING") ? "*" : "");
}

/// Nodes, or their CPUs, by what they do: allocated, idle, others, all.
struct Shares {
  std::int64_t allocated = 0;
  std::int64_t idle = 0;
  std::int64_t other = 0;

  std::string text() const {
    return fmt::format("{}/{}/{}/{}", allocated, idle, other, allocated + idle + other);
  }
};

Shares node_shares(const NodeGroup& group) {
  Shares shares;
  for (const auto* node : group.nodes) {
    const auto state = text_of(*node, "state");
    if (state == "allocated" || state == "mixed")
      ++shares.allocated;
    else if (takes_jobs(*node) && state == "idle")
      ++shares.idle;
    else
      ++shares.other;
  }
  return shares;
}

Shares cpu_shares(const NodeGroup& group) {
  Shares shares;
  for (const auto* node : group.nodes) {
    const auto used = number_of(*node, "alloc_cpus");
    const auto rest = number_of(*node, "cpus") - used;
    shares.allocated += used;
    (takes_jobs(*node) ? shares.idle : shares.other) += rest;
  }
  return shares;
}

std::string nodes_text(const NodeGroup& group) {
  std::vector<std::string> names;
  names.reserve(group.nodes.size());
  for (const auto* node : group.nodes) names.push_back(text_of(*node, "name"));
  return sbatch::host_list_text(names);
}

std::string limit_text(const NodeGroup& group, std::string_view key, std::string_view otherwise) {
  const auto minutes = number_of(*group.partition, key);
  return minutes == 0 ? std::string(otherwise) : duration_text(minutes * 60);
}

std::string of_node(const NodeGroup& group, std::string_view key, std::string_view otherwise) {
  auto text = text_of(group.first(), key);
  return text.empty() ? std::string(otherwise) : text;
}

std::string number(const NodeGroup& group, std::string_view key) {
  return std::to_string(number_of(group.first(), key));
}

std::string partition_name(const NodeGroup& group) {
  return text_of(*group.partition, "name") +
         (has_word(*group.partition, "flags", "default") ? "*" : "");
}

std::string gres_used(const NodeGroup& group) { return of_node(group, "gres_used", "(null)"); }

/// Fields about the partition of a line.
constexpr std::array partition_fields = std::to_array<NodeField>({
    {"P", "partition", "PARTITION", false, partition_name},
    {"R", "partitionname", "PARTITION", false,
     [](const NodeGroup& group) { return text_of(*group.partition, "name"); }},
    {"a", "available", "AVAIL", false,
     [](const NodeGroup& group) {
       return std::string(text_of(*group.partition, "state") == "UP" ? "up" : "down");
     }},
    {"l", "time", "TIMELIMIT", false,
     [](const NodeGroup& group) { return limit_text(group, "max_time_limit", "infinite"); }},
    {"L", "defaulttime", "DEFAULTTIME", false,
     [](const NodeGroup& group) { return limit_text(group, "default_time_limit", "n/a"); }},
    {"s", "size", "JOB_SIZE", false, [](const NodeGroup&) { return std::string("1-infinite"); }},
    {"r", "root", "ROOT", false, [](const NodeGroup&) { return std::string("no"); }},
    {"h", "oversubscribe", "OVERSUBS", false, [](const NodeGroup&) { return std::string("NO"); }},
    {"g", "groups", "GROUPS", false, [](const NodeGroup&) { return std::string("all"); }},
    {"p", "prioritytier", "PRIO_TIER", false,
     [](const NodeGroup& group) {
       return std::to_string(number_of(*group.partition, "priority_tier"));
     }},
});

/// Fields about its nodes.
constexpr std::array node_fields = std::to_array<NodeField>({
    {"D", "nodes", "NODES", true,
     [](const NodeGroup& group) { return std::to_string(group.nodes.size()); }},
    {"N", "nodelist", "NODELIST", true, nodes_text},
    {"n", "nodehost", "HOSTNAMES", false,
     [](const NodeGroup& group) { return of_node(group, "hostname", ""); }},
    {"A", "nodeai", "NODES(A/I)", true,
     [](const NodeGroup& group) {
       const auto shares = node_shares(group);
       return fmt::format("{}/{}", shares.allocated, shares.idle);
     }},
    {"F", "nodeaiot", "NODES(A/I/O/T)", true,
     [](const NodeGroup& group) { return node_shares(group).text(); }},
    {"C", "cpusstate", "CPUS(A/I/O/T)", true,
     [](const NodeGroup& group) { return cpu_shares(group).text(); }},
    {"c", "cpus", "CPUS", false, [](const NodeGroup& group) { return number(group, "cpus"); }},
    {"m", "memory", "MEMORY", false,
     [](const NodeGroup& group) { return number(group, "real_memory"); }},
    {"", "allocmem", "ALLOCMEM", false,
     [](const NodeGroup& group) { return number(group, "alloc_memory"); }},
    {"e", "freemem", "FREE_MEM", false,
     [](const NodeGroup& group) { return number(group, "free_memory"); }},
    {"d", "disk", "TMP_DISK", false,
     [](const NodeGroup& group) { return number(group, "temporary_disk"); }},
    {"w", "weight", "WEIGHT", false,
     [](const NodeGroup& group) { return number(group, "weight"); }},
    {"z", "socketcorethread", "S:C:T", false,
     [](const NodeGroup& group) {
       return fmt::format("{}:{}:{}", number(group, "sockets"), number(group, "cores"),
                          number(group, "threads"));
     }},
    {"f", "features", "AVAIL_FEATURES", false,
     [](const NodeGroup& group) { return of_node(group, "features", "(null)"); }},
    {"b", "features_act", "ACTIVE_FEATURES", false,
     [](const NodeGroup& group) { return of_node(group, "active_features", "(null)"); }},
    {"G", "gres", "GRES", false,
     [](const NodeGroup& group) { return of_node(group, "gres", "(null)"); }},
    {"", "gresused", "GRES_USED", false, gres_used},
    {"t", "statecompact", "STATE", false,
     [](const NodeGroup& group) { return short_node_state_text(group.first()); }},
    {"T", "statelong", "STATE", false,
     [](const NodeGroup& group) { return node_state_text(group.first()); }},
    {"O", "cpusload", "CPU_LOAD", false,
     [](const NodeGroup& group) {
       return fmt::format("{:.2f}", static_cast<double>(number_of(group.first(), "cpu_load")) / 100);
     }},
    {"E", "reason", "REASON", false,
     [](const NodeGroup& group) { return of_node(group, "reason", "none"); }},
    {"u", "user", "USER", false,
     [](const NodeGroup& group) { return of_node(group, "reason_set_by_user", "Unknown"); }},
    {"H", "timestamp", "TIMESTAMP", false,
     [](const NodeGroup& group) {
       return moment_text(number_of(group.first(), "reason_changed_at"), "Unknown");
     }},
    {"v", "version", "VERSION", false,
     [](const NodeGroup& group) { return of_node(group, "slurmd_version", ""); }},
});

}  // namespace

const NodeField* find_node_field(std::string_view word) {
  const auto is_meant = [&](const NodeField& field) {
    return (!field.letter.empty() && field.letter == word) || field.name == word;
  };
  const auto of_partition = std::ranges::find_if(partition_fields, is_meant);
  if (of_partition != partition_fields.end()) return &*of_partition;
  const auto of_nodes = std::ranges::find_if(node_fields, is_meant);
  return of_nodes == node_fields.end() ? nullptr : &*of_nodes;
}

std::string node_state_text(const json::object& node) { return marked(node, name_of(node).whole); }

std::string short_node_state_text(const json::object& node) {
  return marked(node, name_of(node).brief);
}

int node_state_rank(const json::object& node) { return name_of(node).rank; }

GpuCounts gpus_of(const json::object& node) {
  GpuCounts counts;
  // "gpu:a100:4" and "gpu:a100:2(IDX:0-1)"
  const auto all = text_of(node, "gres");
  if (!all.starts_with("gpu:")) return counts;
  const auto parsed = sbatch::parse_gpus(all.substr(4));
  if (!parsed) return counts;
  counts.model = parsed->model;
  counts.all = parsed->count;
  const auto used = text_of(node, "gres_used");
  if (!used.starts_with("gpu:")) return counts;
  const auto taken = sbatch::parse_gpus(used.substr(4, used.find('(') - 4));
  if (taken) counts.used = taken->count;
  return counts;
}

bool takes_jobs(const json::object& node) {
  const auto state = text_of(node, "state");
  return state != "down" && state != "unknown" && !has_word(node, "state_flags", "DRAIN") &&
         !has_word(node, "state_flags", "MAINTENANCE");
}

}  // namespace orrery::slurm
