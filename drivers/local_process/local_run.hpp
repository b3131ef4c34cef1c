#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "drivers/runs/run_directory.hpp"
#include "drivers/runs/run_records.hpp"
#include "storage/descriptor.hpp"

namespace orrery {

/// One start of a service or job, as the driver's thread knows it while it isn't over.
struct LocalRun {
  using Moment = std::chrono::steady_clock::time_point;
  enum class Phase : std::uint8_t {
    /// For others to let go of its GPUs.
    waiting,
    /// A supervisor was started, or may have been by an earlier driver; the command hasn't begun.
    starting,
    begun,
    over,
  };

  RunDirectory directory;
  LaunchPlan plan;
  Phase phase = Phase::waiting;
  /// Of the supervisor, where this process is its parent; else 0.
  int child = 0;
  /// Readable once the supervisor has ended.
  Descriptor supervisor = Descriptor();
  ProcessRecord process = {};
  int watch = -1;

  /// Told to end; so it never begins, whatever can be written.
  bool is_unwanted = false;
  /// Its supervisor is gone, and what that left behind is being killed.
  bool is_being_buried = false;

  bool building_is_told = false;
  bool launch_is_told = false;
  bool readiness_is_told = false;
  bool is_being_probed = false;
  /// Of a job, as last told; unknown to a driver that has taken it over.
  std::optional<std::uint8_t> gpu_percent = {};
  Moment next_probe = {};
  /// Not ready by then, it has failed.
  std::optional<Moment> start_deadline = {};

  std::string name() const { return directory.path().filename().string(); }
  bool is_living() const { return phase == Phase::starting || phase == Phase::begun; }
};

}  // namespace orrery
