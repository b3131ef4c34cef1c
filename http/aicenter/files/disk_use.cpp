#include "http/aicenter/files/disk_use.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "http/aicenter/files/beneath.hpp"

namespace orrery::aicenter {
namespace {

constexpr std::uint64_t entry_bytes_min = 4096;
/// Half of what there is, so that sums don't overflow.
constexpr std::uint64_t all_there_is = std::numeric_limits<std::uint64_t>::max() / 2;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

class Count {
 public:
  explicit Count(int root) : root_(root) {}

  DiskUse run() {
    // One folder is open at a time, however deep they lie.
    for (std::vector<std::string> waiting{""}; !waiting.empty();) {
      const auto path = std::move(waiting.back());
      waiting.pop_back();
      look_into(path, waiting);
      if (use_.entry_count > entry_count_max) use_.file_bytes = all_there_is;
      if (use_.file_bytes >= all_there_is) break;
    }
    return use_;
  }

 private:
  void look_into(const std::string& path, std::vector<std::string>& waiting) {
    auto opened = open_beneath(root_, path, O_RDONLY | O_DIRECTORY);
    const Folder folder(opened ? ::fdopendir(opened.get()) : nullptr);
    if (!folder) {
      if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP) use_.file_bytes = all_there_is;
      return;
    }
    const int number = opened.release();
    while (const auto* entry = ::readdir(folder.get())) {
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      struct stat found {};
      if (::fstatat(number, entry->d_name, &found, AT_SYMLINK_NOFOLLOW) != 0) continue;
      add(found);
      if (S_ISDIR(found.st_mode))
        waiting.push_back(path.empty() ? std::string(name) : path + '/' + std::string(name));
      if (use_.entry_count > entry_count_max) return;
    }
  }

  void add(const struct stat& found) {
    constexpr std::uint64_t block_bytes = 512;
    use_.entry_count += 1;
    const auto length = S_ISREG(found.st_mode) ? static_cast<std::uint64_t>(found.st_size) : 0;
    const auto allocated = static_cast<std::uint64_t>(found.st_blocks) * block_bytes;
    use_.file_bytes = std::min(all_there_is, use_.file_bytes + counted_bytes(length, allocated));
  }

  int root_;
  DiskUse use_;
};

}  // namespace

DiskUse count_disk_use(int folder) { return Count(folder).run(); }

std::uint64_t counted_bytes(std::uint64_t length, std::uint64_t allocated) {
  return std::max({length, allocated, entry_bytes_min});
}

}  // namespace orrery::aicenter
