#include <algorithm>

#include <fmt/format.h>
#include <boost/algorithm/string/join.hpp>

#include "events/folds/billing_terms.hpp"
#include "http/aicenter/cluster/cluster_json.hpp"
#include "storage/clock.hpp"

namespace orrery::aicenter {
namespace {

namespace json = boost::json;

constexpr std::string_view slurm_release = "22.05.8";
/// slurmd's, as Slurm has it where nobody says anything else.
constexpr int slurmd_port = 6818;

json::value text_or_null(const std::string& text) {
  return text.empty() ? json::value(nullptr) : json::value(text);
}

std::string gres(const NodeDetails& machine) {
  const auto& has = machine.description;
  return has.gpu_count == 0 ? "" : fmt::format("gpu:{}:{}", has.gpu_model, has.gpu_count);
}

std::string gres_used(const ClusterNode& node) {
  const auto& has = node.machine->description;
  if (has.gpu_count == 0) return "";
  const auto& indices = node.use.gpu_indices;
  return fmt::format("gpu:{}:{}(IDX:{})", has.gpu_model, indices.size(), index_ranges(indices));
}

/// What stands between the name and the state: who it is, and what is known of it.
void add_machine(const AicenterContext& context, const ClusterNode& node, json::object& object) {
  const auto features = boost::algorithm::join(node.features, ",");
  const auto size = node.size();
  const auto since = node.machine ? seconds_of(node.machine->since) : context.started_s;
  object["architecture"] = "x86_64";
  object["burstbuffer_network_address"] = "";
  object["boards"] = 1;
  object["boot_time"] = context.started_s;
  object["comment"] = "";
  object["cores"] = 1;
  object["cpu_binding"] = 0;
  object["cpu_load"] = std::uint64_t{node.use.cpus} * 100;
  object["extra"] = "";
  object["free_memory"] = size.memory_mib - std::min(size.memory_mib, node.use.memory_mib);
  object["cpus"] = size.cpus;
  object["last_busy"] = node.use.cpus > 0 ? seconds_of(context.clock->now()) : since;
  object["features"] = features;
  object["active_features"] = features;
  object["gres"] = node.machine ? gres(*node.machine) : "";
  object["gres_drained"] = "N/A";
  object["gres_used"] = node.machine ? gres_used(node) : "";
  object["mcs_label"] = "";
  object["name"] = node.id;
  object["next_state_after_reboot"] = "invalid";
  object["address"] = node.id;
  object["hostname"] = node.id;
}

void add_use(const ClusterNode& node, json::object& object) {
  const auto size = node.size();
  const auto& use = node.use;
  const Tres used{use.cpus, use.memory_mib, 0, 0, use.gpu_indices.size()};
  object["tres"] = tres_text(size);
  object["slurmd_version"] = slurm_release;
  object["alloc_memory"] = use.memory_mib;
  object["alloc_cpus"] = use.cpus;
  object["idle_cpus"] = size.cpus - std::min<std::uint64_t>(size.cpus, use.cpus);
  object["tres_used"] = text_or_null(tres_text(used));
  object["tres_weighted"] = static_cast<double>(use.cpus);
}

}  // namespace

std::string_view node_state(const ClusterNode& node) {
  if (!node.machine) return "unknown";
  if (!node.machine->ready) return "down";
  if (node.use.cpus == 0) return "idle";
  return node.use.cpus < node.machine->description.cpu_count ? "mixed" : "allocated";
}

json::array node_state_flags(const ClusterNode& node) {
  json::array flags;
  if (node.use.is_completing) flags.emplace_back("COMPLETING");
  if (node.machine && node.machine->is_cordoned()) flags.emplace_back("DRAIN");
  if (node.is_maintained) flags.emplace_back("MAINTENANCE");
  if (node.machine && !node.machine->ready) flags.emplace_back("NOT_RESPONDING");
  if (node.is_reserved) flags.emplace_back("RESERVED");
  return flags;
}

json::object node_json(const AicenterContext& context, const ClusterNode& node) {
  json::object object;
  object.reserve(48);
  add_machine(context, node, object);
  const auto reason = node.machine ? node.machine->reason : std::string();
  object["state"] = node_state(node);
  object["state_flags"] = node_state_flags(node);
  object["next_state_after_reboot_flags"] = json::array();
  object["operating_system"] = "Linux";
  object["owner"] = nullptr;
  object["partitions"] = json::array(node.partitions.begin(), node.partitions.end());
  object["port"] = slurmd_port;
  object["real_memory"] = node.size().memory_mib;
  object["reason"] = reason;
  object["reason_changed_at"] = reason.empty() ? 0 : seconds_of(node.machine->since);
  object["reason_set_by_user"] = reason.empty() ? json::value(nullptr) : json::value("root");
  object["slurmd_start_time"] = context.started_s;
  object["sockets"] = node.size().cpus;
  object["threads"] = 1;
  object["temporary_disk"] = 0;
  object["weight"] = 1;
  add_use(node, object);
  return object;
}

}  // namespace orrery::aicenter
