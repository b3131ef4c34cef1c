#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

namespace orrery {

/// A start that Slurm is to carry out is about to be handed to it, as a job named
/// "<run>.<attempt>". Logged before Slurm hears of it. Stream: slurm_run/<run>, where a run is a
/// service, job or instance with the fence of its lease.
struct SlurmSubmitRequested {
  /// From 1; one more only after the last was lost.
  std::uint32_t attempt = 0;
  /// SHA-256 of the secret with which the job claims the attempt, 32 raw bytes.
  std::string claim_digest;
  std::string node_id;

  bool operator==(const SlurmSubmitRequested&) const = default;
  BOOST_DESCRIBE_CLASS(SlurmSubmitRequested, (), (attempt, claim_digest, node_id), (), ())
};

/// Slurm gave the attempt an id. It may still forget it (a crash loses what it acknowledged in the
/// last seconds), and give the id to another job.
struct SlurmSubmitted {
  std::uint32_t attempt = 0;
  std::uint64_t slurm_job_id = 0;
  /// When the controller that gave it was started, in seconds since 1970.
  std::int64_t boot_time_s = 0;

  bool operator==(const SlurmSubmitted&) const = default;
  BOOST_DESCRIBE_CLASS(SlurmSubmitted, (), (attempt, slurm_job_id, boot_time_s), (), ())
};

/// Slurm listed the attempt after its next save was due, still under the same boot time: from now
/// on it outlives a crash of the controller.
struct SlurmAttemptPlaced {
  std::uint32_t attempt = 0;

  bool operator==(const SlurmAttemptPlaced&) const = default;
  BOOST_DESCRIBE_CLASS(SlurmAttemptPlaced, (), (attempt), (), ())
};

/// The job runs, and was told to go on. No other job of the run ever is.
struct SlurmAttemptClaimed {
  std::uint32_t attempt = 0;
  std::uint64_t slurm_job_id = 0;
  /// Drawn by the job, so that its retry is known from another job's claim.
  std::string claimant;
  std::string host;

  bool operator==(const SlurmAttemptClaimed&) const = default;
  BOOST_DESCRIBE_CLASS(SlurmAttemptClaimed, (), (attempt, slurm_job_id, claimant, host), (), ())
};

/// Slurm doesn't know the attempt, or won't run it. Should it ever run, its claim is refused.
struct SlurmAttemptLost {
  std::uint32_t attempt = 0;
  std::string reason;

  bool operator==(const SlurmAttemptLost&) const = default;
  BOOST_DESCRIBE_CLASS(SlurmAttemptLost, (), (attempt, reason), (), ())
};

/// The run is to end: no attempt may claim from now on.
struct SlurmRunWithdrawn {
  bool operator==(const SlurmRunWithdrawn&) const = default;
  BOOST_DESCRIBE_CLASS(SlurmRunWithdrawn, (), (), (), ())
};

/// How a run ended, as Slurm's states say it, or as the run's own record does.
BOOST_DEFINE_FIXED_ENUM_CLASS(SlurmEnd, std::uint8_t,
                              /// By itself, as its exit record says.
                              exited, cancelled, timed_out, preempted, node_failed, out_of_memory,
                              /// It ran, and is gone without a word.
                              lost,
                              /// No attempt was claimed.
                              never_started)

/// Nothing of the run is left in Slurm.
struct SlurmRunEnded {
  SlurmEnd end = SlurmEnd::exited;
  std::optional<std::uint32_t> exit_code;
  std::optional<std::uint32_t> signal;
  std::string message;

  bool operator==(const SlurmRunEnded&) const = default;
  BOOST_DESCRIBE_CLASS(SlurmRunEnded, (), (end, exit_code, signal, message), (), ())
};

using SlurmRunEvent =
    std::variant<SlurmSubmitRequested, SlurmSubmitted, SlurmAttemptPlaced, SlurmAttemptClaimed,
                 SlurmAttemptLost, SlurmRunWithdrawn, SlurmRunEnded>;

/// A controller answered that was started at another time than the last. Stream:
/// slurm_cluster/<name>.
struct SlurmControllerSeen {
  /// As Slurm says it, such as "22.05.8".
  std::string version;
  std::int64_t boot_time_s = 0;

  bool operator==(const SlurmControllerSeen&) const = default;
  BOOST_DESCRIBE_CLASS(SlurmControllerSeen, (), (version, boot_time_s), (), ())
};

/// A node that Slurm has, as it is configured there; once more where that changes. How it does is
/// the stream of the node's own.
struct SlurmNodeSeen {
  /// In Slurm.
  std::string name;
  /// Here.
  std::string node_id;
  /// Where its services are reached.
  std::string address;
  /// Slurm's type of its GPUs, such as "a100"; empty where it has none, or they have none.
  std::string gpu_type;
  std::uint32_t gpu_count = 0;
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;
  std::vector<std::string> features;
  std::vector<std::string> partitions;

  bool operator==(const SlurmNodeSeen&) const = default;
  BOOST_DESCRIBE_CLASS(SlurmNodeSeen, (),
                       (name, node_id, address, gpu_type, gpu_count, cpu_count, memory_mib,
                        features, partitions),
                       (), ())
};

/// Slurm has it no more.
struct SlurmNodeRemoved {
  std::string name;

  bool operator==(const SlurmNodeRemoved&) const = default;
  BOOST_DESCRIBE_CLASS(SlurmNodeRemoved, (), (name), (), ())
};

/// Jobs that aren't ours use so much of a node, from now on. It is leased to them, so that nothing
/// is placed there meanwhile: lease/slurm-foreign-<node_id>-<generation>, where it is not nothing.
struct SlurmForeignUseSeen {
  std::string node_id;
  /// From 1; each change of the use has one of its own.
  std::uint64_t generation = 0;
  std::uint32_t gpu_count = 0;
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;

  bool operator==(const SlurmForeignUseSeen&) const = default;
  BOOST_DESCRIBE_CLASS(SlurmForeignUseSeen, (),
                       (node_id, generation, gpu_count, cpu_count, memory_mib), (), ())
};

using SlurmClusterEvent =
    std::variant<SlurmControllerSeen, SlurmNodeSeen, SlurmNodeRemoved, SlurmForeignUseSeen>;

}  // namespace orrery
