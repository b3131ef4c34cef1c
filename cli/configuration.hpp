#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

namespace orrery {

/// Everything that can be set about a server. What each value means, and its limits, stand in the
/// table of settings (configuration_settings.cpp); the defaults stand here.
struct Configuration {
  std::filesystem::path data = "orrery-data";
  std::string listen_address = "127.0.0.1";
  std::uint16_t listen_port = 8080;
  /// By which clients reach this server; empty: made of address and port.
  std::string base_url;
  std::string log_level = "info";
  /// TOML file of what the NeoLink dialect sells; empty: what the log says, or with `dev` the
  /// built-in one.
  std::string catalog;

  bool dev = false;
  std::uint32_t dev_nodes = 24;
  double time_scale = 1;
  std::uint64_t simulation_seed = 1;

  /// 0: one a core.
  std::uint32_t http_threads = 0;
  std::uint32_t http_connections = 10'000;
  std::string http_tls_certificate;
  std::string http_tls_key;

  /// 0: one a core.
  std::uint32_t actors_threads = 0;
  std::uint32_t actors_commands_in_flight = 16'384;

  std::uint64_t snapshots_every_events = 1'000'000;

  /// Empty: "ai-factory", or the cluster of this host where services run on it.
  std::string services_cluster;
  /// Empty: `recipes` in the data directory.
  std::string services_recipes;
  /// File of the token that the service API asks for; empty: none, and served on loopback only.
  std::string services_token_file;

  bool local_process_enabled = false;
  /// Empty: the name of the host.
  std::string local_process_node;
  std::string local_process_cluster = "local";
  /// Where nvidia-smi finds none.
  std::string local_process_gpu_model;
  std::uint32_t local_process_gpu_count = 0;
  /// 0: all that there are.
  std::uint32_t local_process_cpu_count = 0;
  std::uint32_t local_process_memory_mib = 0;
  std::uint16_t local_process_port_first = 20'000;
  std::uint16_t local_process_port_last = 20'999;
  std::string local_process_sandbox = "auto";
  std::string local_process_environment_file;
  std::uint64_t local_process_log_bytes_max = 16u << 20;

  bool slurm_enabled = false;
  /// "command-line" or "rest".
  std::string slurm_access = "command-line";
  /// Folder of sbatch, squeue, scontrol and scancel; empty: in the PATH.
  std::string slurm_programs;
  /// SLURM_CONF of these; empty: theirs.
  std::string slurm_conf;
  std::uint32_t slurm_deadline_s = 20;
  std::string slurm_rest_url;
  std::string slurm_rest_user;
  std::string slurm_rest_token_file;
  std::string slurm_cluster = "slurm";
  /// Empty: the first that has the node.
  std::string slurm_partition;
  std::string slurm_account;
  /// On a file system that the nodes share; empty: `slurm` in the data directory.
  std::string slurm_directory;
  /// This program as the nodes find it; empty: where it runs from here.
  std::string slurm_program;
  /// By which the nodes reach this server; empty: as its clients do.
  std::string slurm_server_url;
  std::uint32_t slurm_pending_max = 64;
  std::uint32_t slurm_commands_max = 8;
  std::uint32_t slurm_tick_ms = 500;
  std::uint32_t slurm_save_interval_s = 10;
  std::uint32_t slurm_attempts_max = 10;
  std::uint16_t slurm_port_first = 21'000;
  std::uint16_t slurm_port_last = 21'999;
  /// "command", "apptainer" or "podman".
  std::string slurm_runtime = "command";
  /// Words, quoted where they hold spaces; of the command empty: waits until it is ended.
  std::string slurm_instance_command;
  std::string slurm_container_options;
  /// "a100=A100-40GB, a40=A40-48GB": Slurm's types and our names of these models.
  std::string slurm_gpu_models;
  std::string slurm_environment_file;
  std::uint64_t slurm_log_bytes_max = 16u << 20;

  /// "admin" or "at_once".
  std::string gpushare_approve_providers = "admin";
  /// "public", "network" or "anywhere".
  std::string gpushare_endpoints = "public";
  std::uint32_t gpushare_heartbeat_timeout_s = 90;
  /// File of the keys that sign Google's ID tokens; empty: nobody signs in with Google.
  std::string gpushare_google_jwks;
  std::string gpushare_google_client_id;
  /// Empty: /client/reset-password/{uid}/{token}/ of this server.
  std::string gpushare_reset_link;

  /// Whose batch system the center's API is.
  std::string aicenter_cluster = "aicenter";
  /// File of the key that signs X-SLURM-USER-TOKEN; empty: one of our own in the data directory.
  std::string aicenter_jwt_key;
  /// Folder of people's files; empty: center/home in the data directory.
  std::string aicenter_files;
  /// File of the key of the example resource; empty: with `dev` the document's, else nobody's.
  std::string aicenter_kitten_key_file;

  /// "public", "network" or "anywhere".
  std::string webhooks_endpoints = "public";
  std::uint32_t webhooks_attempts = 10;
  std::uint32_t webhooks_retry_pause_ms = 1'000;
  std::uint32_t webhooks_timeout_s = 15;
  /// File of certificates that receivers may have; empty: the system's.
  std::string webhooks_ca_file;

  /// Empty: no mail is sent.
  std::string mail_smtp_url;
  std::string mail_from;
  std::string mail_username;
  std::string mail_password_file;
  bool mail_require_tls = true;
};

/// One line of the table: a key with its name in every source, and how its value is read and shown.
///
/// A key "http.threads" is `threads` in the TOML section [http], `ORRERY_HTTP_THREADS` in the
/// environment and `--http-threads` on the command line; "driver.slurm.access" is `access` in
/// [driver.slurm].
struct Setting {
  enum class Form : std::uint8_t { text, number, boolean };

  std::string key;
  Form form = Form::text;
  std::string description;
  /// Reads a value into the configuration; the error is a sentence that names the limits.
  std::function<boost::system::result<void, std::string>(Configuration&, std::string_view)> set;
  std::function<std::string(const Configuration&)> get;

  std::string flag() const;
  std::string variable() const;
};

/// In the order in which `orrery config` prints them: plain keys, then section by section.
const std::vector<Setting>& settings();

/// Null where no setting has the key.
const Setting* find_setting(std::string_view key);

/// " The nearest is …" for a word that is none of `known`; empty where none is near.
std::string nearest_hint(std::string_view word, std::span<const std::string> known);

}  // namespace orrery
