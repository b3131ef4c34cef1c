#pragma once

#include <filesystem>

namespace orrery {

/// An empty folder of its own inside `parent` (made where missing), removed with all that is in it.
class BenchFolder {
 public:
  explicit BenchFolder(const std::filesystem::path& parent);
  ~BenchFolder();
  BenchFolder(const BenchFolder&) = delete;
  BenchFolder& operator=(const BenchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace orrery
