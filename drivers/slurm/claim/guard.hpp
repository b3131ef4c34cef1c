#pragma once

#include <csignal>
#include <string_view>

#include "drivers/runs/run_directory.hpp"
#include "storage/descriptor.hpp"

namespace orrery {

/// Codes of exit records that the guard writes (`ExitRecord::code`).
/// What looked after the run was killed, and with it what was left of it, or had no room to say how
/// it ended: Slurm may know better why.
inline constexpr std::string_view supervisor_lost = "supervisor_lost";
/// It was told to end between its claim and its start.
inline constexpr std::string_view ended_before_start = "ended_before_start";

/// The signals that a job's first process holds back and reads instead.
sigset_t guarded_signals();

/// Whether one of them that is there to be read tells the job to end.
bool is_told_to_end(const Descriptor& signals);

/// The run has been claimed and shall not start: its record says so. False where it can't be
/// written.
bool record_no_start(const RunDirectory& run);

/// Runs the run's supervisor (drivers/runs/supervisor.hpp) as a child, and returns once nothing of
/// the run is left and exit.json says how it ended: the exit code of the job, 128 and the signal of
/// a run that was killed, or 1.
///
/// SIGTERM, SIGINT and SIGHUP go to the supervisor, which ends the run, as stop.json does; other
/// signals (SIGUSR1 …) to the command. What the driver tells by signals.json (signal_orders.hpp)
/// reaches the command, or all that it has started, whatever the signal. `signals` is a signalfd
/// for `guarded_signals`, which are blocked.
///
/// Whichever of its processes is killed, nothing of the run goes on: the supervisor dies with the
/// guard and the command with the supervisor; what those have started is killed by the guard, or,
/// where that is gone, by a watcher that it has beside it. Both killed at the same moment are left
/// to Slurm.
///
/// For a process of its own with one thread: it reaps every child.
int guard(const RunDirectory& run, const Descriptor& signals);

}  // namespace orrery
