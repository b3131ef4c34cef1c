#include "events/folds/service_words.hpp"

#include <cstdint>
#include <vector>

#include <fmt/format.h>

namespace orrery {
namespace {

std::string counted(std::uint32_t count, const char* unit) {
  return fmt::format("{} {}{}", count, unit, count == 1 ? "" : "s");
}

}  // namespace

std::string words_of(const ServiceResources& resources) {
  std::vector<std::string> parts;
  if (resources.gpu_count > 0) {
    const auto& model = resources.gpu_model;
    parts.push_back(counted(resources.gpu_count, "GPU") +
                    (model.empty() ? "" : fmt::format(" ({})", model)));
  }
  if (resources.cpu_count > 0) parts.push_back(counted(resources.cpu_count, "CPU"));
  if (resources.memory_mib > 0)
    parts.push_back(fmt::format("{} MiB of memory", resources.memory_mib));
  if (parts.empty()) return "nothing";
  std::string words = parts.front();
  for (std::size_t i = 1; i < parts.size(); ++i)
    words += (i + 1 == parts.size() ? " and " : ", ") + parts[i];
  return words;
}

}  // namespace orrery
