#include "drivers/local_process/host_resources.hpp"

#include <algorithm>
#include <sstream>
#include <thread>

#include <unistd.h>

#include "drivers/runs/program_output.hpp"

namespace orrery {
namespace {

/// "NVIDIA A100-SXM4-40GB" → "A100-SXM4-40GB": as nodes name their models.
std::string model_of_line(std::string name) {
  while (!name.empty() && (name.back() == '\r' || name.back() == ' ')) name.pop_back();
  constexpr std::string_view maker = "NVIDIA ";
  if (name.starts_with(maker)) name.erase(0, maker.size());
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

}  // namespace

HostResources gpus_of_list(std::string_view names) {
  HostResources found;
  std::istringstream lines{std::string(names)};
  for (std::string line; std::getline(lines, line);) {
    const auto name = model_of_line(std::move(line));
    if (name.empty() || (found.gpu_count != 0 && name != found.gpu_model)) break;
    found.gpu_model = name;
    ++found.gpu_count;
  }
  return found;
}

HostResources find_host_resources() {
  auto found =
      gpus_of_list(output_of_program("nvidia-smi", {"--query-gpu=name", "--format=csv,noheader"}));
  found.cpu_count = std::max(1u, std::thread::hardware_concurrency());
  const auto bytes = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                     static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  found.memory_mib = static_cast<std::uint32_t>(bytes >> 20);
  return found;
}

}  // namespace orrery
