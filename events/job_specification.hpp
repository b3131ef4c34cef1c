#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "events/sealed.hpp"

namespace orrery {

/// When somebody wants mail about a job, as bits of `JobMail::types`. The names are those of
/// sbatch's --mail-type.
namespace job_mail_type {
inline constexpr std::uint16_t begin = 1;
inline constexpr std::uint16_t end = 2;
inline constexpr std::uint16_t fail = 4;
inline constexpr std::uint16_t requeue = 8;
inline constexpr std::uint16_t time_limit = 16;
inline constexpr std::uint16_t time_limit_90 = 32;
inline constexpr std::uint16_t time_limit_80 = 64;
inline constexpr std::uint16_t time_limit_50 = 128;
inline constexpr std::uint16_t invalid_dependency = 256;
/// For each task of an array, not once for all of it.
inline constexpr std::uint16_t array_tasks = 512;
/// Its GPUs are idle. Comes with `end` and `fail`, since it leads to the job's end.
inline constexpr std::uint16_t idle = 1024;
}  // namespace job_mail_type

/// What a job takes of each of its nodes.
struct JobResources {
  std::uint32_t node_count = 1;
  /// Empty: of any model.
  std::string gpu_model;
  std::uint32_t gpus_per_node = 0;
  /// Tasks in all; the driver starts the script once, whatever this says.
  std::uint32_t task_count = 1;
  std::uint32_t cpus_per_task = 1;
  /// What is taken of a node: at least 1.
  std::uint32_t cpus_per_node = 1;
  std::uint32_t memory_mib_per_node = 0;
  /// No other job is on its nodes.
  bool is_exclusive = false;

  bool operator==(const JobResources&) const = default;
  BOOST_DESCRIBE_CLASS(JobResources, (),
                       (node_count, gpu_model, gpus_per_node, task_count, cpus_per_task,
                        cpus_per_node, memory_mib_per_node, is_exclusive),
                       (), ())
};

/// Which nodes will do. Names of nodes are ids of their streams.
struct JobNodeWishes {
  /// sbatch's --nodelist: all of these.
  std::vector<std::string> wanted;
  /// None of these.
  std::vector<std::string> excluded;
  /// A node must have all of them (--constraint "a&b").
  std::vector<std::string> features;

  bool operator==(const JobNodeWishes&) const = default;
  BOOST_DESCRIBE_CLASS(JobNodeWishes, (), (wanted, excluded, features), (), ())
};

/// What another job must have come to before this one starts (--dependency).
BOOST_DEFINE_FIXED_ENUM_CLASS(JobDependencyKind, std::uint8_t,
                              /// It has started, or was cancelled.
                              after,
                              /// It has ended, however it did.
                              after_any,
                              /// It has completed with exit code 0.
                              after_ok,
                              /// It has ended otherwise.
                              after_not_ok,
                              /// Its task of the same index has completed.
                              after_corresponding,
                              /// No job of the same name and user that came earlier is left.
                              singleton)

struct JobDependency {
  JobDependencyKind kind = JobDependencyKind::after_any;
  /// A job or, of an array, all of its tasks; 0 of a singleton.
  std::uint32_t job_id = 0;

  bool operator==(const JobDependency&) const = default;
  BOOST_DESCRIBE_CLASS(JobDependency, (), (kind, job_id), (), ())
};

/// Who hears of the job, and when.
struct JobMail {
  /// `job_mail_type` bits.
  std::uint16_t types = 0;
  /// The address; without a subject where there is none.
  Sealed address;

  bool operator==(const JobMail&) const = default;
  BOOST_DESCRIBE_CLASS(JobMail, (), (types, address), (), ())
};

/// Sent to the job some time before its time limit (--signal).
struct JobSignal {
  std::uint32_t number = 0;
  std::uint32_t before_end_s = 0;
  /// To the script alone, not to what it has started ("B:").
  bool to_script_only = false;

  bool operator==(const JobSignal&) const = default;
  BOOST_DESCRIBE_CLASS(JobSignal, (), (number, before_end_s, to_script_only), (), ())
};

/// Utilisation from a moment on.
struct JobUtilisationStep {
  /// After the start.
  std::uint32_t after_s = 0;
  std::uint8_t gpu_percent = 0;

  bool operator==(const JobUtilisationStep&) const = default;
  BOOST_DESCRIBE_CLASS(JobUtilisationStep, (), (after_s, gpu_percent), (), ())
};

/// What a simulated driver plays in place of the script ("#ORRERY" lines; docs/simulation.md).
/// Other drivers don't look at it.
struct JobRehearsal {
  /// Absent: as long as its time limit allows.
  std::optional<std::uint32_t> run_time_s;
  std::uint32_t exit_code = 0;
  /// Sorted by time; empty: fully busy.
  std::vector<JobUtilisationStep> utilisation;

  bool operator==(const JobRehearsal&) const = default;
  BOOST_DESCRIBE_CLASS(JobRehearsal, (), (run_time_s, exit_code, utilisation), (), ())
};

/// What runs. All of it is sealed for the person (subject "center-<user>").
struct JobScript {
  Sealed text;
  /// NUL-separated; as sbatch's operands after the script.
  Sealed arguments;
  /// NUL-separated NAME=value.
  Sealed environment;
  Sealed working_directory;
  /// Patterns such as "slurm-%j.out", relative to the working directory.
  Sealed standard_input;
  Sealed standard_output;
  /// Empty: where the output goes.
  Sealed standard_error;

  bool operator==(const JobScript&) const = default;
  BOOST_DESCRIBE_CLASS(JobScript, (),
                       (text, arguments, environment, working_directory, standard_input,
                        standard_output, standard_error),
                       (), ())
};

/// What somebody asks of the batch system.
struct JobSpecification {
  std::string cluster;
  /// Who submits: center_user/<name>.
  std::string user;
  /// Team that it is accounted to.
  std::string account;
  /// The first one where it can start soonest is taken; never empty.
  std::vector<std::string> partitions;
  /// Empty: the default one.
  std::string qos;
  std::string name;
  std::string comment;
  JobResources resources;
  JobNodeWishes nodes;
  std::uint32_t time_limit_min = 0;
  /// Of the smallest it may be cut down to so that it starts earlier (--time-min); 0: not at all.
  std::uint32_t time_limit_min_least = 0;
  /// Taken from its priority.
  std::int32_t nice = 0;
  /// Seconds since 1970; 0: at once.
  std::int64_t begin_time_s = 0;
  std::vector<JobDependency> dependencies;
  /// One of the dependencies is enough ("?").
  bool any_dependency = false;
  /// Goes back to the queue when its node is lost or it is preempted.
  bool may_requeue = true;
  /// Its output files are appended to, not truncated (--open-mode).
  bool appends_output = false;
  /// Started by srun or salloc: it lives as long as who asked.
  bool is_interactive = false;
  JobMail mail;
  JobSignal signal;
  JobScript script;
  JobRehearsal rehearsal;

  bool operator==(const JobSpecification&) const = default;
  BOOST_DESCRIBE_CLASS(JobSpecification, (),
                       (cluster, user, account, partitions, qos, name, comment, resources, nodes,
                        time_limit_min, time_limit_min_least, nice, begin_time_s, dependencies,
                        any_dependency, may_requeue, appends_output, is_interactive, mail, signal,
                        script, rehearsal),
                       (), ())
};

}  // namespace orrery
