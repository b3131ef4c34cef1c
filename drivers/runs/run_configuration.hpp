#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <boost/describe.hpp>

namespace orrery {

class SubjectKeys;

/// Whether processes run under bubblewrap: where it is installed and works, always, or never.
BOOST_DEFINE_FIXED_ENUM_CLASS(SandboxMode, std::uint8_t, automatic, on, off)

/// What every driver that starts programs works with.
struct RunConfiguration {
  /// Holds one run directory a start: "<service id>.<fence>", of a job "job-<id>.<fence>".
  std::filesystem::path directory;
  /// Holds a folder for each person who has jobs, by name; empty: jobs don't run here.
  std::filesystem::path homes;
  /// Opens jobs' scripts; lives longer than the driver. Null: none can be opened.
  const SubjectKeys* subject_keys = nullptr;
  /// What ${RECIPES} stands for.
  std::filesystem::path recipes;
  /// Never shown to a process in the sandbox: the server's data, keys and tokens.
  std::vector<std::filesystem::path> hidden;
  /// NAME=value lines that every process gets; empty for none.
  std::filesystem::path environment_file;
  SandboxMode sandbox = SandboxMode::automatic;
  /// Kept of each process's stdout, and of its stderr.
  std::uint64_t log_bytes_max = 16u << 20;
  /// Run directories of ended services that are kept, with their logs.
  std::size_t ended_runs_max = 1'000;
};

}  // namespace orrery
