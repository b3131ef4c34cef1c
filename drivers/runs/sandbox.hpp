#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "drivers/runs/run_configuration.hpp"

namespace orrery {

/// A way to keep a process away from what isn't its own: bubblewrap.
struct Sandbox {
  /// Of the program; empty: none, and processes run without.
  std::filesystem::path program;
};

/// The sandbox that the mode gives on this machine. `problem` says why there is none though one is
/// wished or wanted; it is empty where all is as it should be.
struct SandboxFinding {
  Sandbox sandbox;
  std::string problem;
};
SandboxFinding find_sandbox(SandboxMode mode);

/// What a process in the sandbox may see and write.
struct SandboxView {
  std::filesystem::path work;
  std::filesystem::path recipes;
  /// Directories are empty in there, and so are files.
  std::vector<std::filesystem::path> hidden;
  std::vector<std::uint32_t> gpu_indices;
  /// Of each of its temporary folders, which are in memory; 0: half of the host's.
  std::uint32_t temporary_mib = 0;
  /// Of a job's person; may be written, wherever it lies. Empty for none.
  std::filesystem::path folder = {};
  /// Where the command begins; empty: in `work`.
  std::filesystem::path directory = {};
};

/// The command within the sandbox: the system can be read and not written, `/tmp` and `/run` are
/// its own, processes of others aren't seen, and nothing of it outlives its supervisor. The network
/// is shared. Looks at which of the paths and devices exist.
std::vector<std::string> sandboxed(const Sandbox& sandbox, const SandboxView& view,
                                   const std::vector<std::string>& command);

}  // namespace orrery
