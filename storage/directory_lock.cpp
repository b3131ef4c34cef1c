#include "storage/directory_lock.hpp"

#include <cerrno>
#include <fstream>
#include <string>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace orrery {
namespace {

boost::system::error_code last_error() { return {errno, boost::system::system_category()}; }

/// The kernel has no lock with a deadline: asking again now and then has the same effect.
boost::system::error_code flock_within(int descriptor, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const auto error = last_error();
    if (error != boost::system::errc::operation_would_block ||
        std::chrono::steady_clock::now() >= deadline)
      return error;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return {};
}

}  // namespace

boost::system::result<std::unique_ptr<DirectoryLock>> DirectoryLock::take(
    const std::filesystem::path& file, std::chrono::milliseconds patience) {
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return last_error();
  auto lock = std::unique_ptr<DirectoryLock>(new DirectoryLock(descriptor));
  if (const auto error = flock_within(descriptor, patience)) return error;
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
