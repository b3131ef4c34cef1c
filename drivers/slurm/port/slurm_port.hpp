#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe.hpp>
#include <boost/system/result.hpp>

namespace orrery {

/// A batch job as it is handed to Slurm: one task on each of its nodes, never requeued by Slurm.
struct SlurmOrder {
  /// "<run>.<attempt>": by this it is found again, never by its id alone.
  std::string name;
  /// With its first line, "#!…".
  std::string script;
  std::string partition;
  /// In Slurm's names; the script runs on the first.
  std::vector<std::string> nodes;
  std::uint32_t cpus_per_node = 1;
  /// 0: the partition's default.
  std::uint32_t memory_mib_per_node = 0;
  /// Empty: of any type.
  std::string gpu_type;
  std::uint32_t gpus_per_node = 0;
  /// 0: the partition's.
  std::uint32_t time_limit_min = 0;
  std::string work_directory;
  /// Of the script itself: what a job leaves behind that never came to claim.
  std::string output;
  std::string account;
};

/// Slurm's base states, as `squeue -o %T` says them.
BOOST_DEFINE_FIXED_ENUM_CLASS(SlurmJobState, std::uint8_t, pending, configuring, running, suspended,
                              completing, completed, cancelled, failed, timeout, node_fail,
                              preempted, boot_fail, deadline, out_of_memory, other)

/// Nothing of it will run any more; `completing` has ended, but not everywhere.
constexpr bool has_ended(SlurmJobState state) {
  return state >= SlurmJobState::completed && state != SlurmJobState::other;
}

struct SlurmJob {
  std::uint64_t id = 0;
  std::string name;
  SlurmJobState state = SlurmJobState::other;
  /// Why it waits, or why it ended; "None" mostly.
  std::string reason;

  bool operator==(const SlurmJob&) const = default;
};

/// A node as Slurm sees it: with everybody's jobs, ours among them.
struct SlurmNode {
  std::string name;
  std::string address;
  /// Empty where its GPUs have none.
  std::string gpu_type;
  std::uint32_t gpu_count = 0;
  std::uint32_t gpus_used = 0;
  std::uint32_t cpu_count = 0;
  std::uint32_t cpus_used = 0;
  std::uint32_t memory_mib = 0;
  std::uint32_t memory_used_mib = 0;
  std::vector<std::string> features;
  std::vector<std::string> partitions;
  /// Nothing runs there.
  bool is_down = false;
  /// Takes no new work: drained, draining, in maintenance, reserved.
  bool is_drained = false;
  /// Of an operator, for either.
  std::string reason;

  bool operator==(const SlurmNode&) const = default;
};

/// Which jobs a part of a Slurm takes. One node may be in several.
struct SlurmPartition {
  std::string name;
  /// "UP"; it starts nothing while it is anything else.
  std::string state;
  /// Minutes; 0: no limit.
  std::uint32_t time_limit_min_max = 0;
  /// Of what asks for none; 0: the longest.
  std::uint32_t time_limit_min_default = 0;
  /// Empty: everybody's.
  std::vector<std::string> groups;
  std::vector<std::string> accounts;
  std::vector<std::string> accounts_denied;
  bool is_for_root_only = false;
  bool is_closed_to_root = false;
  bool needs_reservation = false;

  bool operator==(const SlurmPartition&) const = default;
};

struct SlurmController {
  std::string cluster_name;
  std::string version;
  std::int64_t boot_time_s = 0;

  bool operator==(const SlurmController&) const = default;
};

/// What went wrong, by what follows from it.
BOOST_DEFINE_FIXED_ENUM_CLASS(SlurmTrouble, std::uint8_t,
                              /// Slurm said no, and will again: the request itself is at fault.
                              refused,
                              /// Nobody there, or no answer in time. What was asked for may have
                              /// been done, or be done yet.
                              unknown,
                              /// It is set up wrongly: no such program, no rights.
                              unusable)

struct SlurmFailure {
  SlurmTrouble trouble = SlurmTrouble::unknown;
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const SlurmFailure& failure,
                                             const boost::source_location& location);

template <class T>
using SlurmResult = boost::system::result<T, SlurmFailure>;

/// What Orrery asks of a Slurm. Each call blocks until it is answered or its deadline has passed;
/// any thread may call, several at once.
class SlurmPort {
 public:
  virtual ~SlurmPort() = default;

  /// The id that Slurm gave.
  virtual SlurmResult<std::uint64_t> submit(const SlurmOrder& order) = 0;
  /// All jobs of the user that we are, those too that ended in the last minutes (MinJobAge).
  virtual SlurmResult<std::vector<SlurmJob>> jobs() = 0;
  virtual SlurmResult<std::vector<SlurmNode>> nodes() = 0;
  /// Hidden ones too, and those that our user may not use.
  virtual SlurmResult<std::vector<SlurmPartition>> partitions() = 0;
  virtual SlurmResult<SlurmController> controller() = 0;
  /// Ends the job if it has this name, as Slurm does; nothing where there is no such job.
  virtual SlurmResult<void> cancel(std::uint64_t id, const std::string& name) = 0;
  /// Signals its script alone.
  virtual SlurmResult<void> signal(std::uint64_t id, const std::string& name, int signal) = 0;
};

}  // namespace orrery
