#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include <boost/describe.hpp>

namespace orrery {

/// Where something was measured. Figures of two machines say nothing about two commits.
struct BenchMachine {
  std::string cpu;
  std::uint32_t cores = 0;
  std::uint64_t memory_mib = 0;
  std::string kernel;
  /// Median of a hundred appends of 4 KiB, each followed by fdatasync: what a durable commit can
  /// cost at best.
  double fdatasync_us = 0;
  /// Runnable processes over the last minute, when measuring began: a loaded machine measures
  /// somebody else's work too.
  double load = 0;

  /// The same hardware and system; what changes from minute to minute doesn't count.
  bool is_same_as(const BenchMachine& other) const {
    return cpu == other.cpu && cores == other.cores && kernel == other.kernel;
  }

  BOOST_DESCRIBE_CLASS(BenchMachine, (), (cpu, cores, memory_mib, kernel, fdatasync_us, load), (),
                       ())
};

/// Asks the system; syncs a file in `folder`, which exists.
BenchMachine find_bench_machine(const std::filesystem::path& folder);

}  // namespace orrery
