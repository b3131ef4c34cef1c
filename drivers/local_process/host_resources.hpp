#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orrery {

/// What this machine has.
struct HostResources {
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;
  /// Of the NVIDIA GPUs that nvidia-smi finds; "" and 0 where it finds none, or isn't there.
  std::string gpu_model;
  std::uint32_t gpu_count = 0;
};

/// Asks the system, and nvidia-smi where it is installed; that may take some seconds.
HostResources find_host_resources();

/// The model and number from nvidia-smi's names, one a line: "NVIDIA A100-SXM4-40GB" is
/// "A100-SXM4-40GB". Where there are several models, those of the first one count, as far as they
/// come first.
HostResources gpus_of_list(std::string_view names);

}  // namespace orrery
