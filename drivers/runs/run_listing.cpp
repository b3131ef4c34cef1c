#include "drivers/runs/run_listing.hpp"

#include <algorithm>
#include <utility>

#include "drivers/runs/run_directory.hpp"

namespace orrery {

std::vector<std::filesystem::path> list_runs(const std::filesystem::path& parent) {
  std::error_code failure;
  std::vector<std::pair<std::filesystem::file_time_type, std::filesystem::path>> found;
  for (auto entry = std::filesystem::directory_iterator(parent, failure);
       !failure && entry != std::filesystem::directory_iterator(); entry.increment(failure)) {
    std::error_code gone;
    if (RunDirectory::name_of(entry->path()))
      found.emplace_back(std::filesystem::last_write_time(entry->path(), gone), entry->path());
  }
  std::sort(found.begin(), found.end());
  std::vector<std::filesystem::path> runs;
  for (auto& [time, path] : found) runs.push_back(std::move(path));
  return runs;
}

}  // namespace orrery
