#include "drivers/owner/gpu_telemetry.hpp"

#include <charconv>
#include <sstream>
#include <string>

#include "drivers/runs/program_output.hpp"

namespace orrery {
namespace {

/// Up to the next comma, which is taken too.
std::uint32_t take_number(std::string_view& line) {
  const auto comma = line.find(',');
  auto field = line.substr(0, comma);
  line.remove_prefix(comma == std::string_view::npos ? line.size() : comma + 1);
  field.remove_prefix(std::min(field.size(), field.find_first_not_of(' ')));
  std::uint32_t number = 0;
  std::from_chars(field.data(), field.data() + field.size(), number);
  return number;
}

}  // namespace

std::vector<GpuTelemetry> telemetry_of_list(std::string_view text) {
  std::vector<GpuTelemetry> gpus;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::string_view rest = line;
    if (rest.find(',') == std::string_view::npos) continue;
    GpuTelemetry gpu;
    gpu.utilization_percent = take_number(rest);
    gpu.memory_used_mib = take_number(rest);
    gpu.memory_total_mib = take_number(rest);
    gpu.temperature_c = take_number(rest);
    gpus.push_back(gpu);
  }
  return gpus;
}

std::vector<GpuTelemetry> find_gpu_telemetry() {
  return telemetry_of_list(output_of_program(
      "nvidia-smi", {"--query-gpu=utilization.gpu,memory.used,memory.total,temperature.gpu",
                     "--format=csv,noheader,nounits"}));
}

}  // namespace orrery
