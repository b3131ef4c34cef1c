#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/runtime/command.hpp"
#include "actors/runtime/tailer.hpp"
#include "drivers/driver.hpp"
#include "drivers/slurm/runs/run_on_slurm.hpp"

namespace orrery {

// What is reported of runs on Slurm, and what the answers mean. Pure, but for the files of a run
// that has ended.

enum class RunKind : std::uint8_t { service, job, instance };
RunKind kind_of_run(std::string_view run_id);

/// How Slurm says that it ended.
SlurmEnd end_of(SlurmJobState state);
/// The record of one that left none itself.
ExitRecord record_of(SlurmEnd end);

/// The line for the end of a job's error file; the host's own time is in it.
std::string notice_of_end(const StopJob& stop);

/// That it runs, of each kind.
AddressedCommand report_of_launch(const RunOnSlurm& run);
/// That it is over, and how. Told to whom wanted it stopped, as stopped.
std::vector<AddressedCommand> reports_of_end(const RunOnSlurm& run);

/// Which run a report is about.
struct ReportedRun {
  std::string run_id;
  std::uint64_t fence = 0;
};
/// None where it isn't a report of an end.
std::optional<ReportedRun> end_of_report(const AddressedCommand& report);
/// None where its refusal doesn't mean that nobody wants the run any more.
std::optional<ReportedRun> unwanted_by(const RefusedCommand& refused);

}  // namespace orrery
