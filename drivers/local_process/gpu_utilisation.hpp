#pragma once

#include <cstdint>
#include <map>
#include <string_view>

namespace orrery {

/// Percent, by the index of the GPU.
using GpuUtilisation = std::map<std::uint32_t, std::uint8_t>;

/// What this host's NVIDIA GPUs do; nothing where nvidia-smi isn't there. May take some seconds.
GpuUtilisation find_gpu_utilisation();

/// From nvidia-smi's lines, such as "0, 37". GPUs that it doesn't know it of ("[N/A]", as of those
/// that are cut in parts) are left out: nobody may take them for idle.
GpuUtilisation utilisation_of_list(std::string_view lines);

}  // namespace orrery
