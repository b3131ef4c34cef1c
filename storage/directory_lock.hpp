#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include <boost/system/result.hpp>

namespace orrery {

/// Keeps other processes out of a data directory for as long as it lives. The kernel lets go when
/// the process ends, however it ends.
class DirectoryLock {
 public:
  /// Waits up to `patience` for another process to let go: one that was killed may take a moment to
  /// be gone. `operation_would_block` where it doesn't; else why the file can't be written.
  static boost::system::result<std::unique_ptr<DirectoryLock>> take(
      const std::filesystem::path& file,
      std::chrono::milliseconds patience = std::chrono::milliseconds(0));

  /// Id of the process that holds the lock of `file`; 0 where that isn't known.
  static int holder_of(const std::filesystem::path& file);

  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace orrery
