#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/bench/bench_results.hpp"

namespace orrery {

struct BenchSession {
  std::vector<const Bench*> benches;
  std::uint32_t run_count = 3;
  bool quick = false;
  /// Where folders of runs are made, each removed after its run.
  std::filesystem::path folder;
  /// To the standard error.
  bool shows_progress = false;
};

/// Runs each bench so many times, every run in a process of its own (this program again), so that
/// no run inherits another's memory, and one that crashes takes nothing with it. Benches take turns
/// round by round: what the machine does meanwhile hits all of them alike.
BenchResults run_benches(const BenchSession& session);

/// What such a process does: one run of one bench, its measurements as a line on the standard
/// output. Returns the exit code.
int run_bench_here(const Bench& bench, const BenchSession& session);

}  // namespace orrery
