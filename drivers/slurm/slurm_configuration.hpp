#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "drivers/runs/run_configuration.hpp"

namespace orrery {

/// By what containers run on the nodes; `command` takes an image for the name of nothing, and runs
/// the configured command alone.
BOOST_DEFINE_FIXED_ENUM_CLASS(SlurmRuntime, std::uint8_t, command, apptainer, podman)

/// How a Slurm is reached.
struct SlurmAccess {
  /// "command_line" or "rest" (slurmrestd).
  bool uses_rest = false;
  /// Where sbatch, squeue, scontrol and scancel are; empty: in the PATH.
  std::filesystem::path programs;
  /// SLURM_CONF of the commands; empty: theirs.
  std::filesystem::path slurm_conf;
  /// After so long a command is killed, a request given up.
  std::chrono::milliseconds deadline{20'000};
  /// Of slurmrestd, such as "http://slurm.example:6820"; and who signs in there, by the token in
  /// the file, read anew for each request.
  std::string rest_url;
  std::string rest_user;
  std::filesystem::path rest_token_file;
};

/// What the slurm driver of a server works with (docs/slurm.md).
/// `directory` and `homes` are on a file system that the nodes share.
struct SlurmConfiguration : RunConfiguration {
  SlurmAccess access;
  /// The cluster that its nodes join here. Their ids are "<cluster>-<name in Slurm>".
  std::string cluster = "slurm";
  /// Jobs go to this partition; empty: to the first that has the node.
  std::string partition;
  std::string account;
  /// How GPUs of Slurm's types are named here; those that aren't in it keep Slurm's name, those
  /// without a type are "gpu".
  std::map<std::string, std::string> gpu_models;
  /// This program, as the nodes find it.
  std::filesystem::path program;
  /// Where the nodes reach this server, such as "http://127.0.0.1:8080".
  std::string server_url;
  /// Handed to Slurm and not running yet.
  std::size_t pending_max = 64;
  /// Of Slurm's programs at the same time.
  std::size_t commands_max = 8;
  std::chrono::milliseconds tick{500};
  /// Past Slurm's interval between two saves of its state.
  std::chrono::milliseconds save_interval{10'000};
  /// Of a run, before it has failed.
  std::uint32_t attempts_max = 10;
  std::uint16_t port_first = 21'000;
  std::uint16_t port_last = 21'999;
  SlurmRuntime runtime = SlurmRuntime::command;
  /// Between "podman run" or "apptainer exec" and what they run, such as "--runtime=runc".
  std::vector<std::string> container_options;
  /// Run for an instance under `SlurmRuntime::command`; ${IMAGE}, ${INSTANCE}, ${VOLUME} and
  /// ${PORT} are filled in. Empty: one that waits until it is ended.
  std::vector<std::string> instance_command;
};

}  // namespace orrery
