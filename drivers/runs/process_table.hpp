#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/runs/run_records.hpp"
#include "storage/descriptor.hpp"

namespace orrery {

/// What the kernel says of one process.
struct ProcessEntry {
  ProcessIdentity identity;
  std::int32_t parent = 0;
  std::int32_t session = 0;
  /// It has ended, and waits for its parent to notice.
  bool is_zombie = false;
};

/// None where there is no such process.
std::optional<ProcessEntry> find_process(std::int32_t pid);
/// Every process that may be seen.
std::vector<ProcessEntry> list_processes();
/// Those whose ancestor is `pid`, at any distance; without zombies.
std::vector<ProcessEntry> descendants_of(std::int32_t pid);

/// Differs after each start of the machine.
std::string boot_id();
/// How long ago the process started; 0 where that isn't known.
double seconds_since_start(const ProcessIdentity& process);

/// A descriptor that becomes readable when the process ends; none where it has ended already.
Descriptor watch_process(const ProcessIdentity& process);
/// Signals this process and never another that has got its number. False where it is gone.
bool signal_process(const ProcessIdentity& process, int signal);

/// Returns once the descriptor (of a process: its end) is readable, or after the timeout; -1 is
/// never readable.
void wait_until_readable(int descriptor, std::chrono::milliseconds timeout);

/// A variable of every process of a run, by which those are found that got away from everything
/// else. Its value is the path of the run directory.
inline constexpr std::string_view run_mark = "ORRERY_RUN";

/// The run directories below `parent` whose mark some process carries.
std::set<std::string> marked_runs(const std::string& parent);

/// Kills what is left of a run whose supervisor is gone: by its cgroup, its session and its mark.
/// True where nothing was found; else it has to be asked again, for ending takes a moment.
bool kill_leftovers(const std::string& run_directory, const ProcessIdentity& leader,
                    const std::string& control_group);

}  // namespace orrery
