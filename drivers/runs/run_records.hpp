#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "events/service_events.hpp"

namespace orrery {

// What stands in the files of a run directory, as JSON (docs/local-process.md). A member that an
// older server didn't write has its default.

/// launch.json: everything that is needed to start the process, and to look after it later. Written
/// by the driver, with the lock, before it starts a supervisor; never changed once that has begun.
struct LaunchPlan {
  /// Of a job its name among runs (job_planning.hpp).
  std::string service_id;
  std::uint64_t fence = 0;
  /// With every placeholder filled in; where there is a sandbox, it comes first.
  std::vector<std::string> command;
  bool is_sandboxed = false;
  /// All of it: nothing is inherited.
  std::vector<EnvironmentVariable> environment;
  std::string work_directory;
  std::string host;
  /// Empty where it listens nowhere; the first one is served to clients.
  std::vector<std::uint16_t> ports;
  std::vector<std::uint32_t> gpu_indices;
  /// 0: as much as there is.
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;
  /// The cgroup to be made for it; empty: none can be had.
  std::string control_group;
  std::string probe_path;
  std::uint32_t probe_interval_ms = 0;
  std::uint32_t start_timeout_s = 0;
  std::uint32_t grace_period_s = 0;
  std::vector<LogPattern> log_patterns;
  std::uint64_t log_bytes_max = 0;
  /// Of a job: its person's folder. Its streams are files in there, seen from it; empty for none
  /// (/dev/null). Of a service they are kept as logs.
  std::string home;
  std::string standard_input;
  std::string standard_output;
  std::string standard_error;
  bool appends_output = false;
  /// Names of variables that the supervisor's own environment gives, over `environment`.
  std::vector<std::string> inherited;
  /// Of the order to start it, for what is reported of it.
  std::uint64_t causation = 0;
  std::string correlation;

  BOOST_DESCRIBE_CLASS(LaunchPlan, (),
                       (service_id, fence, command, is_sandboxed, environment, work_directory, host,
                        ports, gpu_indices, cpu_count, memory_mib, control_group, probe_path,
                        probe_interval_ms, start_timeout_s, grace_period_s, log_patterns,
                        log_bytes_max, home, standard_input, standard_output, standard_error,
                        appends_output, inherited, causation, correlation),
                       (), ())
};

/// Which process is meant, for as long as the machine runs: numbers are given again, start times
/// aren't.
struct ProcessIdentity {
  std::int32_t pid = 0;
  /// In ticks since the machine was started.
  std::uint64_t start_ticks = 0;

  bool operator==(const ProcessIdentity&) const = default;
  BOOST_DESCRIBE_CLASS(ProcessIdentity, (), (pid, start_ticks), (), ())
};

/// process.json: there before the command begins, so where it is missing nothing has run. Written
/// by the supervisor.
struct ProcessRecord {
  std::string boot_id;
  ProcessIdentity supervisor;
  /// The command, or its sandbox; it leads a session of its own.
  ProcessIdentity leader;

  BOOST_DESCRIBE_CLASS(ProcessRecord, (), (boot_id, supervisor, leader), (), ())
};

/// stop.json: the run is to end. Written by the driver before it signals the supervisor.
struct StopRecord {
  std::uint32_t grace_period_s = 0;
  /// Why, where it has failed: then this is what is reported of it.
  std::string code;
  std::string message;
  /// For its processes before SIGTERM; 0: none.
  std::uint32_t signal = 0;
  /// A line for the end of a job's error file.
  std::string notice;

  BOOST_DESCRIBE_CLASS(StopRecord, (), (grace_period_s, code, message, signal, notice), (), ())
};

/// signal.json: the last signal that was sent to what goes on. Written by the driver.
struct SignalRecord {
  std::uint64_t number = 0;

  BOOST_DESCRIBE_CLASS(SignalRecord, (), (number), (), ())
};

/// A job's input or output can't be opened.
inline constexpr std::string_view io_setup_failed = "io_setup_failed";

/// exit.json: nothing of the run is left, nor will be. Written by the supervisor, or by the driver
/// where that can't.
struct ExitRecord {
  std::optional<std::uint32_t> exit_code;
  std::optional<std::uint32_t> signal;
  /// Why it couldn't be started, or what else is known of its end; mostly empty.
  std::string code;
  std::string message;

  BOOST_DESCRIBE_CLASS(ExitRecord, (), (exit_code, signal, code, message), (), ())
};

}  // namespace orrery
