#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "events/job_events.hpp"

namespace orrery::sbatch {

/// Why an option can't be used, in sbatch's words: "Invalid --time specification".
struct OptionProblem {
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const OptionProblem& problem,
                                             const boost::source_location& location);
template <class T>
using Parsed = boost::system::result<T, OptionProblem>;

/// "a100:2", "2".
struct GpuRequest {
  /// Empty: of any model.
  std::string model;
  std::uint32_t count = 0;

  bool operator==(const GpuRequest&) const = default;
};

/// "0-15:4%2".
struct ArrayRequest {
  /// Ascending.
  std::vector<std::uint32_t> task_ids;
  /// 0: any number.
  std::uint32_t running_max = 0;

  bool operator==(const ArrayRequest&) const = default;
};

struct NodeRange {
  std::uint32_t min = 1;
  std::uint32_t max = 1;

  bool operator==(const NodeRange&) const = default;
};

/// Memory in MiB; 0 is all of a node.
using MemoryMib = std::uint64_t;

/// What sbatch, srun and salloc are told, each where it was said. Names are those of the long
/// options. Texts that need somebody's knowledge (the time now, which jobs there are) stay texts.
struct SbatchOptions {
  std::optional<std::string> account;
  std::optional<ArrayRequest> array;
  /// `parse_begin_time` reads it.
  std::optional<std::string> begin;
  std::optional<std::string> chdir;
  std::optional<std::string> comment;
  /// Features, joined by '&' or ','.
  std::optional<std::string> constraint;
  std::optional<std::uint32_t> cpus_per_gpu;
  std::optional<std::uint32_t> cpus_per_task;
  /// `parse_dependencies` reads it.
  std::optional<std::string> dependency;
  std::optional<std::string> error;
  /// A host list, as `expand_host_list` reads it.
  std::optional<std::string> exclude;
  std::optional<bool> exclusive;
  /// "ALL", "NONE", or names and NAME=value with commas between.
  std::optional<std::string> export_;
  /// In all of the job.
  std::optional<GpuRequest> gpus;
  std::optional<GpuRequest> gpus_per_node;
  std::optional<GpuRequest> gpus_per_task;
  /// Of --gres: of each node.
  std::optional<GpuRequest> gres;
  std::optional<bool> hold;
  std::optional<std::string> input;
  std::optional<std::string> job_name;
  std::optional<bool> kill_on_invalid_dependency;
  /// `job_mail_type` bits.
  std::optional<std::uint16_t> mail_type;
  std::optional<std::string> mail_user;
  std::optional<MemoryMib> mem;
  std::optional<MemoryMib> mem_per_cpu;
  std::optional<MemoryMib> mem_per_gpu;
  std::optional<std::uint32_t> mincpus;
  std::optional<std::int32_t> nice;
  std::optional<std::string> nodelist;
  std::optional<NodeRange> nodes;
  std::optional<std::uint32_t> ntasks;
  std::optional<std::uint32_t> ntasks_per_gpu;
  std::optional<std::uint32_t> ntasks_per_node;
  /// --open-mode=append.
  std::optional<bool> appends_output;
  std::optional<std::string> output;
  /// Names with commas between.
  std::optional<std::string> partition;
  std::optional<std::uint32_t> priority;
  std::optional<std::string> qos;
  std::optional<bool> requeue;
  std::optional<std::string> reservation;
  std::optional<JobSignal> signal;
  /// Minutes. 0 and "UNLIMITED" are without limit, which nobody is given.
  std::optional<std::uint32_t> time;
  std::optional<std::uint32_t> time_min;

  // What the commands alone go by.
  std::optional<std::string> wrap;
  bool is_parsable = false;
  bool is_quiet = false;
  bool waits = false;
  bool tests_only = false;
  bool has_pty = false;
  bool labels_output = false;
  bool wants_help = false;
  bool wants_usage = false;
  bool wants_version = false;
  /// Times that -v was said.
  std::uint32_t verbosity = 0;
  /// Options that say something that makes no difference here, such as "--hint"; without dashes.
  std::vector<std::string> ignored;

  bool operator==(const SbatchOptions&) const = default;
};

enum class Tool : std::uint8_t { sbatch, srun, salloc };

/// What a command line says.
struct CommandLine {
  SbatchOptions options;
  /// Script or command, and its arguments.
  std::vector<std::string> operands;
};

/// Sets what a long option (without dashes) says; `value` is empty where the option has none.
Parsed<void> set_option(SbatchOptions& options, std::string_view name, std::string_view value);

/// Words after the command's name, as getopt_long reads them up to the first operand: "-n4",
/// "-n 4", "--ntasks=4", "--ntasks 4", unambiguous beginnings such as "--ntask".
Parsed<CommandLine> parse_command_line(Tool tool, std::span<const std::string> words);

/// The "#SBATCH" lines before a script's first command. The problem names the line where the
/// script has it wrong.
Parsed<SbatchOptions> parse_directives(std::string_view script);

/// What SBATCH_PARTITION, SBATCH_TIMELIMIT … (SLURM_… for srun, SALLOC_…) say. `variable` gives
/// null for one that isn't set.
Parsed<SbatchOptions> parse_environment(
    Tool tool, const std::function<const char*(const char* name)>& variable);

/// Whatever `above` says goes before what `options` say. sbatch: script, then environment, then the
/// command line above all.
void override_by(SbatchOptions& options, const SbatchOptions& above);

}  // namespace orrery::sbatch
