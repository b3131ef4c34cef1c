#include "cli/slurm_setting_table.hpp"

#include "cli/setting_kinds.hpp"

namespace orrery {
namespace {

using C = Configuration;

std::vector<Setting> access_settings() {
  return {
      boolean_setting("driver.slurm.enabled", &C::slurm_enabled,
                      "run services, jobs and instances as jobs of a Slurm"),
      text_setting("driver.slurm.access", &C::slurm_access,
                   "how Slurm is reached: by its commands (command-line), or by slurmrestd (rest)",
                   {"command-line", "rest"}),
      text_setting("driver.slurm.programs", &C::slurm_programs,
                   "folder of sbatch, squeue, scontrol and scancel (default: in the PATH)"),
      text_setting("driver.slurm.slurm-conf", &C::slurm_conf,
                   "SLURM_CONF of these (default: theirs)"),
      // Slurm's own MessageTimeout is 10 s, and sbatch tries twice.
      number_setting<std::uint32_t>("driver.slurm.deadline", &C::slurm_deadline_s, 1, 600,
                                    "seconds after which a command of Slurm's is killed"),
      text_setting("driver.slurm.rest-url", &C::slurm_rest_url,
                   "URL of slurmrestd, such as http://slurm.example:6820"),
      text_setting("driver.slurm.rest-user", &C::slurm_rest_user, "who signs in there"),
      text_setting("driver.slurm.rest-token-file", &C::slurm_rest_token_file,
                   "file of the token for that, read anew for each request"),
  };
}

std::vector<Setting> place_settings() {
  return {
      text_setting("driver.slurm.cluster", &C::slurm_cluster,
                   "cluster that Slurm's nodes join, as CLUSTER-NODE"),
      text_setting("driver.slurm.partition", &C::slurm_partition,
                   "partition of all jobs (default: the first that has the node)"),
      text_setting("driver.slurm.account", &C::slurm_account,
                   "account of all jobs (default: the user's)"),
      text_setting(
          "driver.slurm.directory", &C::slurm_directory,
          "folder of runs, on a file system that the nodes share (default: slurm in the data "
          "directory)"),
      text_setting("driver.slurm.program", &C::slurm_program,
                   "this program as the nodes find it (default: where it runs from here)"),
      text_setting("driver.slurm.server-url", &C::slurm_server_url,
                   "URL by which the nodes reach this server (default: as its clients do)"),
      ports_setting("driver.slurm.ports", &C::slurm_port_first, &C::slurm_port_last,
                    "FIRST-LAST of the ports that services get on the nodes"),
      text_setting("driver.slurm.runtime", &C::slurm_runtime,
                   "what runs images on the nodes; command runs none of them, but instance-command",
                   {"command", "apptainer", "podman"}),
      text_setting(
          "driver.slurm.instance-command", &C::slurm_instance_command,
          "what runs for an instance under `command`; ${IMAGE}, ${INSTANCE}, ${VOLUME}, ${HOST} "
          "and ${PORT} are filled in (default: it waits until it is ended)"),
      text_setting("driver.slurm.container-options", &C::slurm_container_options,
                   "what stands between `podman run` or `apptainer exec` and the image"),
      text_setting("driver.slurm.gpu-models", &C::slurm_gpu_models,
                   "names of Slurm's GPU types here, such as \"a100=A100-40GB, a40=A40-48GB\""),
      text_setting(
          "driver.slurm.environment-file", &C::slurm_environment_file,
          "file of NAME=value lines that every process on the nodes gets, such as secrets"),
  };
}

std::vector<Setting> limit_settings() {
  return {
      // What waits in Slurm is what a crash of it loses, and what its scheduler's cost grows with.
      number_setting<std::uint32_t>(
          "driver.slurm.pending-max", &C::slurm_pending_max, 1, 10'000,
          "jobs handed to Slurm that don't run yet; the others wait here"),
      number_setting<std::uint32_t>("driver.slurm.commands-max", &C::slurm_commands_max, 1, 64,
                                    "commands of Slurm's at the same time"),
      number_setting<std::uint32_t>("driver.slurm.tick-ms", &C::slurm_tick_ms, 50, 60'000,
                                    "milliseconds between two looks at Slurm's jobs"),
      // slurmctld saves its jobs every 5 s at most.
      number_setting<std::uint32_t>(
          "driver.slurm.save-interval", &C::slurm_save_interval_s, 1, 3'600,
          "seconds after which a job that Slurm still knows is taken for saved by it"),
      number_setting<std::uint32_t>("driver.slurm.attempts-max", &C::slurm_attempts_max, 1, 1'000,
                                    "jobs of Slurm's that are tried for one run before it fails"),
      // Two files of half that length are kept of each stream.
      number_setting<std::uint64_t>("driver.slurm.log-bytes-max", &C::slurm_log_bytes_max, 8'192,
                                    1ull << 40,
                                    "bytes kept of a process's stdout, and of its stderr"),
  };
}

}  // namespace

std::vector<Setting> slurm_setting_table() {
  auto all = access_settings();
  for (auto&& more : {place_settings(), limit_settings()})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace orrery
