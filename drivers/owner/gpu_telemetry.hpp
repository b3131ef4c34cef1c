#pragma once

#include <string_view>
#include <vector>

#include "drivers/owner/heartbeat_watch.hpp"

namespace orrery {

/// How this machine's NVIDIA GPUs are doing; none where nvidia-smi finds none, or isn't there. May
/// take some seconds.
std::vector<GpuTelemetry> find_gpu_telemetry();

/// From nvidia-smi's lines: "37, 10240, 24564, 61" is the utilization in percent, the memory used
/// and there in MiB, and the temperature. What it doesn't know ("[N/A]") is 0.
std::vector<GpuTelemetry> telemetry_of_list(std::string_view lines);

}  // namespace orrery
