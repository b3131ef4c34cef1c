#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/runtime/command.hpp"
#include "actors/runtime/tailer.hpp"

namespace orrery {

// Of which run a driver's report is, and what the answer to it means. Pure.

/// What a run is of. Runs of jobs go by the names of job_planning.hpp.
enum class RunKind : std::uint8_t { service, job, instance };
RunKind kind_of_run(std::string_view run_id);

/// The name by which the runs of an instance go.
std::string run_id_of_instance(std::string_view instance_id);
/// Which instance the runs of this name are of; empty where they aren't an instance's.
std::string_view instance_of_run(std::string_view run_id);

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
