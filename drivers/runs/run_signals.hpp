#pragma once

#include "drivers/runs/run_records.hpp"

namespace orrery {

/// Signals the processes of a run, below its supervisor, or of a job its script alone. A sandbox's
/// own two processes are left out: they would end at once, and everything in it with them.
void signal_run(const ProcessIdentity& supervisor, const ProcessIdentity& leader, bool is_sandboxed,
                int signal, bool to_script_only);

}  // namespace orrery
