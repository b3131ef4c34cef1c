#include <boost/algorithm/string/join.hpp>

#include "http/aicenter/cluster/cluster_json.hpp"
#include "http/aicenter/sbatch/values.hpp"

namespace orrery::aicenter {
namespace {

namespace json = boost::json;

/// Slurm's word for "nobody said".
constexpr std::uint32_t no_value = 0xFFFFFFFE;

/// What may happen to jobs here: it follows from the qualities of service, which are everywhere the
/// same.
json::array preemption_modes(const BatchPolicy& policy) {
  json::array modes;
  for (const auto mode : {PreemptMode::requeue, PreemptMode::cancel})
    for (const auto& qos : policy.qos)
      if (qos.preempt_mode == mode) {
        modes.emplace_back(mode == PreemptMode::requeue ? "requeue" : "cancel");
        break;
      }
  if (modes.empty()) modes.emplace_back("disabled");
  return modes;
}

json::value minutes_or_null(std::uint32_t minutes) {
  return minutes == 0 ? json::value(nullptr) : json::value(minutes);
}

}  // namespace

json::object partition_json(const BatchPolicy& policy, const BatchPartition& partition,
                            const std::vector<ClusterNode>& nodes) {
  const auto size = size_of(nodes, partition.nodes);
  json::array flags;
  if (partition.is_default) flags.emplace_back("default");
  return {{"flags", std::move(flags)},
          {"preemption_mode", preemption_modes(policy)},
          {"allowed_allocation_nodes", ""},
          {"allowed_accounts", ""},
          {"allowed_groups", boost::algorithm::join(partition.classes, ",")},
          {"allowed_qos", ""},
          {"alternative", ""},
          {"billing_weights", ""},
          {"default_memory_per_cpu", nullptr},
          {"default_memory_per_node", nullptr},
          {"default_time_limit", minutes_or_null(partition.time_limit_default_min)},
          {"denied_accounts", ""},
          {"denied_qos", ""},
          {"preemption_grace_time", 0},
          {"maximum_cpus_per_node", -1},
          {"maximum_memory_per_cpu", nullptr},
          {"maximum_memory_per_node", nullptr},
          {"maximum_nodes_per_job", -1},
          {"max_time_limit", minutes_or_null(partition.time_limit_max_min)},
          {"min nodes per job", 0},
          {"name", partition.name},
          {"nodes", sbatch::host_list_text(partition.nodes)},
          {"over_time_limit", nullptr},
          {"priority_job_factor", partition.priority_factor_permille},
          {"priority_tier", partition.priority_tier},
          {"qos", ""},
          {"state", partition.is_up ? "UP" : "DOWN"},
          {"total_cpus", size.cpus},
          {"total_nodes", partition.nodes.size()},
          {"tres", tres_text(size)}};
}

json::object reservation_json(const BatchReservation& reservation,
                              const std::vector<ClusterNode>& nodes) {
  const auto cpus = size_of(nodes, reservation.nodes).cpus;
  json::array flags;
  if (reservation.users.empty() && reservation.accounts.empty()) flags.emplace_back("MAINT");
  flags.emplace_back("SPEC_NODES");
  return {{"flags", std::move(flags)},
          {"accounts", boost::algorithm::join(reservation.accounts, ",")},
          {"burst_buffer", ""},
          {"core_count", cpus},
          {"core_spec_cnt", 0},
          {"end_time", reservation.end_time_s},
          {"features", ""},
          {"groups", ""},
          {"licenses", ""},
          {"max_start_delay", 0},
          {"name", reservation.name},
          {"node_count", reservation.nodes.size()},
          {"node_list", sbatch::host_list_text(reservation.nodes)},
          {"partition", ""},
          {"start_time", reservation.start_time_s},
          {"watts", no_value},
          {"tres", tres_text({cpus, 0, 0, 0, 0})},
          {"users", boost::algorithm::join(reservation.users, ",")}};
}

}  // namespace orrery::aicenter
