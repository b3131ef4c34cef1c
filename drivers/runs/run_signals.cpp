#include "drivers/runs/run_signals.hpp"

#include <algorithm>

#include "drivers/runs/process_table.hpp"

namespace orrery {
namespace {

/// The sandbox's first process is the leader; its second one is that one's child, and the parent of
/// the command.
bool is_of_sandbox(const ProcessEntry& process, const ProcessIdentity& leader) {
  return process.identity == leader || process.parent == leader.pid;
}

}  // namespace

void signal_run(const ProcessIdentity& supervisor, const ProcessIdentity& leader, bool is_sandboxed,
                int signal, bool to_script_only) {
  const auto processes = descendants_of(supervisor.pid);
  const auto is_script = [&](const ProcessEntry& process) {
    if (!is_sandboxed) return process.identity == leader;
    return std::ranges::any_of(processes, [&](const ProcessEntry& other) {
      return other.identity.pid == process.parent && other.parent == leader.pid;
    });
  };
  for (const auto& process : processes) {
    if (is_sandboxed && is_of_sandbox(process, leader)) continue;
    if (to_script_only && !is_script(process)) continue;
    signal_process(process.identity, signal);
  }
}

}  // namespace orrery
