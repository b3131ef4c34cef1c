#include "storage/durable_directory.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace orrery {
namespace {

/// False, and `errno`, where that can't be found out.
bool is_folder(const std::filesystem::path& path) {
  struct stat found {};
  return ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

}  // namespace

bool sync_directory(const std::filesystem::path& directory) {
  const auto* name = directory.empty() ? "." : directory.c_str();
  const int descriptor = ::open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return synced;
}

bool make_directories_durably(const std::filesystem::path& directory, unsigned mode) {
  if (directory.empty() || is_folder(directory)) return true;
  const auto parent = directory.parent_path();
  if (parent == directory || !make_directories_durably(parent, mode)) return false;
  if (::mkdir(directory.c_str(), mode) == 0) return sync_directory(parent);
  const auto reason = errno;
  const bool exists = reason == EEXIST && is_folder(directory);
  errno = reason;
  return exists;
}

}  // namespace orrery
