#include "storage/directory_lock.hpp"

#include <cerrno>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace orrery {
namespace {

boost::system::error_code last_error() { return {errno, boost::system::system_category()}; }

}  // namespace

boost::system::result<std::unique_ptr<DirectoryLock>> DirectoryLock::take(
    const std::filesystem::path& file) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return last_error();
  auto lock = std::unique_ptr<DirectoryLock>(new DirectoryLock(descriptor));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) return last_error();
  // The number only helps a person; the lock itself is the kernel's.
  const auto holder = std::to_string(::getpid()) + "\n";
  if (::ftruncate(descriptor, 0) != 0) return last_error();
  if (::pwrite(descriptor, holder.data(), holder.size(), 0) < 0) return last_error();
  return lock;
}

int DirectoryLock::holder_of(const std::filesystem::path& file) {
  int holder = 0;
  std::ifstream(file) >> holder;
  return holder;
}

DirectoryLock::~DirectoryLock() { ::close(descriptor_); }

}  // namespace orrery
