#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/health_checks.hpp"
#include "drivers/slurm/port/slurm_port.hpp"

namespace orrery {

// What a Slurm told of itself, judged; nothing is asked here. Subjects are without "slurm ".

/// Messages take time, and are stamped in whole seconds.
inline constexpr std::int64_t skew_comfortable_s = 5;

/// The partition `wanted`, or all where it is empty: whether they take jobs, and after how long
/// Slurm ends what names no limit.
std::vector<HealthFinding> judge_partitions(const std::vector<SlurmPartition>& partitions,
                                            std::string_view wanted);

/// Of `scontrol show config` run with SLURM_TIME_FORMAT=%s, asked and answered at these seconds of
/// our clock. Nothing where it doesn't say what time it is there.
std::vector<HealthFinding> judge_clock(const std::string& told, std::int64_t asked_s,
                                       std::int64_t answered_s);

}  // namespace orrery
