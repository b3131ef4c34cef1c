#pragma once

#include <string>
#include <vector>

#include "actors/runtime/command.hpp"
#include "drivers/driver.hpp"
#include "drivers/runs/reported_run.hpp"
#include "drivers/slurm/runs/run_on_slurm.hpp"

namespace orrery {

// What is reported of runs on Slurm. Pure, but for the files of a run that has ended.

/// How Slurm says that it ended.
SlurmEnd end_of(SlurmJobState state);
/// A job may be had anew after it, so nothing of it may go on.
bool leads_to_another(SlurmEnd end);
/// The record of one that left none itself.
ExitRecord record_of(SlurmEnd end);

/// The line for the end of a job's error file; the host's own time is in it.
std::string notice_of_end(const StopJob& stop);

/// That it runs, of each kind.
AddressedCommand report_of_launch(const RunOnSlurm& run);
/// Of a run of a job that hasn't begun: it is to wait for other nodes, if it may start anew at all.
AddressedCommand wish_to_go_back(const RunOnSlurm& run);
/// That it is over, and how. Told to whom wanted it stopped, as stopped.
std::vector<AddressedCommand> reports_of_end(const RunOnSlurm& run);

}  // namespace orrery
