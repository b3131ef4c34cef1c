#include "drivers/local_process/gpu_utilisation.hpp"

#include <algorithm>
#include <sstream>
#include <string>

#include "drivers/runs/program_output.hpp"

namespace orrery {

GpuUtilisation find_gpu_utilisation() {
  return utilisation_of_list(output_of_program(
      "nvidia-smi", {"--query-gpu=index,utilization.gpu", "--format=csv,noheader,nounits"}));
}

GpuUtilisation utilisation_of_list(std::string_view lines) {
  constexpr std::uint32_t percent_max = 100;
  GpuUtilisation found;
  std::istringstream in{std::string(lines)};
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::uint32_t index = 0;
    std::uint32_t percent = 0;
    char comma = 0;
    if (fields >> index >> comma >> percent && comma == ',')
      found[index] = static_cast<std::uint8_t>(std::min(percent, percent_max));
  }
  return found;
}

}  // namespace orrery
