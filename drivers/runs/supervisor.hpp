#pragma once

#include <filesystem>

namespace orrery {

/// The whole life of the process that looks after one run (docs/local-process.md): starts what the
/// run directory's launch.json says, keeps its output, ends it on SIGTERM, writes exit.json, and
/// returns the exit code for its own process once nothing of it is left. Of two in one directory
/// the second returns at once; a run that began before never begins again.
///
/// For a process of its own with one thread: it closes descriptors, and reaps every child.
int supervise(const std::filesystem::path& run_directory);

}  // namespace orrery
