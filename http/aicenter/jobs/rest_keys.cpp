#include "http/aicenter/jobs/rest_keys.hpp"

#include <algorithm>
#include <array>

#include "http/aicenter/errors.hpp"

namespace orrery::aicenter {

namespace {

using Kind = RestKey::Kind;
constexpr auto disabled = Kind::disabled;
constexpr auto number = Kind::number;
constexpr auto value = Kind::value;
constexpr auto flag = Kind::flag;

constexpr std::string_view bad_time = "Invalid time specification";

/// As slurmrestd 22.05.8 was found to take them; by name.
constexpr std::array keys{
    RestKey{"accelerator_binding", disabled, "", ""},
    RestKey{"account", value, "account", ""},
    RestKey{"account_gather_frequency", value, "acctg-freq", ""},
    RestKey{"allocation_node_list", disabled, "", ""},
    RestKey{"argv", Kind::arguments, "", ""},
    RestKey{"array", value, "array", "", slurm_errno::invalid_array},
    RestKey{"batch_features", value, "batch", ""},
    RestKey{"begin_time", value, "begin", "Unable to parse time"},
    RestKey{"burst_buffer", value, "bb", "Burst Buffer request invalid"},
    RestKey{"burst_buffer_file", disabled, "", ""},
    RestKey{"cluster", disabled, "", ""},
    RestKey{"cluster_constraint", value, "cluster-constraint", "Invalid cluster constraint"},
    RestKey{"clusters", disabled, "", ""},
    RestKey{"comment", value, "comment", ""},
    RestKey{"compress", disabled, "", ""},
    RestKey{"constraints", value, "constraint", ""},
    RestKey{"container", value, "container", "Containers are not supported"},
    RestKey{"contiguous", disabled, "", ""},
    RestKey{"core_specification", value, "core-spec", ""},
    RestKey{"cores_per_socket", value, "cores-per-socket", ""},
    RestKey{"cpu_binding", disabled, "", ""},
    RestKey{"cpu_binding_hint", value, "hint", ""},
    RestKey{"cpu_frequency", value, "cpu-freq", ""},
    RestKey{"cpus_per_gpu", number, "cpus-per-gpu", "cpus per gpu much be greater than 0"},
    RestKey{"cpus_per_task", number, "cpus-per-task", "cpus per task much be greater than 0"},
    RestKey{"current_working_directory", value, "chdir", ""},
    RestKey{"cwd", value, "chdir", ""},
    RestKey{"deadline", value, "deadline", "Invalid deadline time"},
    RestKey{"debugger_test", disabled, "", ""},
    RestKey{"delay_boot", value, "delay-boot", ""},
    RestKey{"dependency", value, "dependency", ""},
    RestKey{"disable_status", disabled, "", ""},
    RestKey{"distribution", value, "distribution", "Invalid distribution"},
    RestKey{"environment", Kind::environment, "", "environment must be a dictionary"},
    RestKey{"exclude_nodes", value, "exclude", ""},
    RestKey{"excluded_nodes", disabled, "", ""},
    RestKey{"exclusive", Kind::exclusive, "exclusive", "Invalid exclusive specification"},
    RestKey{"export", disabled, "", ""},
    RestKey{"export_file", disabled, "", ""},
    RestKey{"extra_node_info", disabled, "", ""},
    RestKey{"get_user_environment", value, "get-user-env", ""},
    RestKey{"gpu_binding", value, "gpu-bind", "Invalid --gpu-bind argument"},
    RestKey{"gpu_frequency", value, "gpu-freq", ""},
    RestKey{"gpus", value, "gpus", ""},
    RestKey{"gpus_per_node", value, "gpus-per-node", ""},
    RestKey{"gpus_per_socket", value, "gpus-per-socket", ""},
    RestKey{"gpus_per_task", value, "gpus-per-task", ""},
    RestKey{"gres", value, "gres", ""},
    RestKey{"gres_flags", value, "gres-flags", "Invalid GRES flags"},
    RestKey{"group_id", disabled, "", ""},
    RestKey{"help", disabled, "", ""},
    RestKey{"hetjob_group", disabled, "", ""},
    RestKey{"hold", flag, "hold", ""},
    RestKey{"ignore_pbs", disabled, "", ""},
    RestKey{"immediate", disabled, "", ""},
    RestKey{"job_name", value, "job-name", ""},
    RestKey{"kill_command", disabled, "", ""},
    RestKey{"kill_on_bad_exit", disabled, "", ""},
    RestKey{"kill_on_invalid_dependency", flag, "kill-on-invalid-dep", ""},
    RestKey{"license", value, "licenses", "", slurm_errno::invalid_licenses},
    RestKey{"licenses", value, "licenses", "", slurm_errno::invalid_licenses},
    RestKey{"mail_type", value, "mail-type", "Invalid mail type specification"},
    RestKey{"mail_user", value, "mail-user", ""},
    RestKey{"max_threads", disabled, "", ""},
    RestKey{"mcs_label", value, "mcs-label", ""},
    RestKey{"memory_binding", value, "mem-bind", "Invalid memory binding specification"},
    RestKey{"memory_per_cpu", value, "mem-per-cpu", "Invalid --mem-per-cpu specification"},
    RestKey{"memory_per_gpu", value, "mem-per-gpu", "Invalid --mem-per-gpu specification"},
    RestKey{"memory_per_node", value, "mem", "Invalid memory specification"},
    RestKey{"message_timeout", disabled, "", ""},
    RestKey{"minimum_cpus_per_node", number, "mincpus", "Invalid minimum cpus per node"},
    RestKey{"minimum_nodes", flag, "use-min-nodes", ""},
    RestKey{"mpi", disabled, "", ""},
    RestKey{"multiple_program", disabled, "", ""},
    RestKey{"name", value, "job-name", ""},
    RestKey{"network", disabled, "", ""},
    RestKey{"nice", number, "nice", "Nice too large"},
    RestKey{"no_allocation", disabled, "", ""},
    RestKey{"no_bell", disabled, "", ""},
    RestKey{"no_kill", flag, "no-kill", "Invalid no kill specification"},
    RestKey{"no_requeue", flag, "no-requeue", ""},
    RestKey{"no_shell", disabled, "", ""},
    RestKey{"nodefile", disabled, "", ""},
    RestKey{"nodelist", value, "nodelist", ""},
    RestKey{"nodes", Kind::nodes, "nodes", "Invalid node count string"},
    RestKey{"ntasks", number, "ntasks", "ntasks too small"},
    RestKey{"ntasks_per_core", value, "ntasks-per-core", ""},
    RestKey{"ntasks_per_gpu", number, "ntasks-per-gpu", "ntasks per gpu too small"},
    RestKey{"ntasks_per_node", number, "ntasks-per-node", "ntasks per node too small"},
    RestKey{"ntasks_per_socket", value, "ntasks-per-socket", ""},
    RestKey{"ntasks_per_tres", value, "ntasks-per-tres", "Invalid ntasks per tres"},
    RestKey{"open_mode", value, "open-mode", "Invalid open mode specification"},
    RestKey{"overcommit", disabled, "", ""},
    RestKey{"oversubscribe", flag, "oversubscribe", ""},
    RestKey{"parsable", disabled, "", ""},
    RestKey{"partition", value, "partition", ""},
    RestKey{"power_flags", disabled, "", ""},
    RestKey{"prefer", value, "prefer", ""},
    RestKey{"preserve_environment", disabled, "", ""},
    RestKey{"priority", value, "priority", "Invalid priority"},
    RestKey{"profile", value, "profile", ""},
    RestKey{"propagate", disabled, "", ""},
    RestKey{"qos", value, "qos", ""},
    RestKey{"quiet", disabled, "", ""},
    RestKey{"quit_on_interrupt", disabled, "", ""},
    RestKey{"relative", disabled, "", ""},
    RestKey{"requeue", Kind::requeue, "requeue", ""},
    RestKey{"required_nodes", disabled, "", ""},
    RestKey{"required_switches", disabled, "", ""},
    RestKey{"reservation", value, "reservation", ""},
    RestKey{"reserve_port", disabled, "", ""},
    RestKey{"reserve_ports", disabled, "", ""},
    RestKey{"signal", value, "signal", "Invalid SIGNAL specification"},
    RestKey{"slurmd_debug", disabled, "", ""},
    RestKey{"sockets_per_node", value, "sockets-per-node", ""},
    RestKey{"spread_job", flag, "spread-job", ""},
    RestKey{"standard_error", value, "error", ""},
    RestKey{"standard_input", value, "input", ""},
    RestKey{"standard_output", value, "output", ""},
    RestKey{"task_epilog", disabled, "", ""},
    RestKey{"task_prolog", disabled, "", ""},
    RestKey{"tasks", number, "ntasks", "ntasks too small"},
    RestKey{"tasks_per_core", value, "ntasks-per-core", ""},
    RestKey{"tasks_per_node", number, "ntasks-per-node", "ntasks per node too small"},
    RestKey{"tasks_per_socket", value, "ntasks-per-socket", ""},
    RestKey{"temporary_disk_per_node", value, "tmp", ""},
    RestKey{"test_only", flag, "test-only", ""},
    RestKey{"thread_specification", value, "thread-spec", ""},
    RestKey{"threads_per_core", value, "threads-per-core", ""},
    RestKey{"time_limit", value, "time", bad_time},
    RestKey{"time_minimum", value, "time-min", bad_time},
    RestKey{"umask", value, "umask", ""},
    RestKey{"unbuffered", disabled, "", ""},
    RestKey{"unknown", disabled, "", ""},
    RestKey{"usage", disabled, "", ""},
    RestKey{"user_id", disabled, "", ""},
    RestKey{"verbose", disabled, "", ""},
    RestKey{"version", disabled, "", ""},
    RestKey{"wait", disabled, "", ""},
    RestKey{"wait_all_nodes", flag, "wait-all-nodes", ""},
    RestKey{"wait_for_switch", disabled, "", ""},
    RestKey{"wckey", value, "wckey", ""},
    RestKey{"wrap", disabled, "", ""},
    RestKey{"x11", disabled, "", ""},
};

static_assert(std::is_sorted(keys.begin(), keys.end(),
                             [](const RestKey& one, const RestKey& other) {
                               return one.name < other.name;
                             }));

}  // namespace

const RestKey* find_rest_key(std::string_view name) {
  const auto found = std::lower_bound(
      keys.begin(), keys.end(), name,
      [](const RestKey& key, std::string_view wanted) { return key.name < wanted; });
  return found != keys.end() && found->name == name ? &*found : nullptr;
}

}  // namespace orrery::aicenter
