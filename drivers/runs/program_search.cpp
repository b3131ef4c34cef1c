#include "drivers/runs/program_search.hpp"

#include <algorithm>
#include <string>

#include <unistd.h>

namespace orrery {
namespace {

bool may_run(const std::filesystem::path& file) {
  std::error_code failure;
  return std::filesystem::is_regular_file(file, failure) && ::access(file.c_str(), X_OK) == 0;
}

}  // namespace

std::filesystem::path find_program(std::string_view name, std::string_view path) {
  if (name.empty()) return {};
  if (name.find('/') != std::string_view::npos) return may_run(name) ? name : "";
  for (std::size_t at = 0; at <= path.size();) {
    const auto end = std::min(path.find(':', at), path.size());
    const auto folder = path.substr(at, end - at);
    at = end + 1;
    if (!folder.starts_with('/')) continue;  // Nothing depends on where the server was started.
    if (auto file = std::filesystem::path(folder) / name; may_run(file)) return file;
  }
  return {};
}

}  // namespace orrery
