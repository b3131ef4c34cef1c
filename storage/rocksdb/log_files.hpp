#pragma once

#include <filesystem>

namespace orrery {

/// What lies in the directory of a log.
struct LogFiles {
  std::filesystem::path directory;

  std::filesystem::path database() const { return directory / "db"; }
  std::filesystem::path watermark() const { return directory / "watermark"; }
  std::filesystem::path lock() const { return directory / "lock"; }

  /// RocksDB's pointer to its list of files: without it, RocksDB would start anew.
  std::filesystem::path current() const { return database() / "CURRENT"; }

  bool has_database() const { return std::filesystem::exists(database()); }
  bool has_wal() const {
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(database(), ignored))
      if (entry.path().extension() == ".log") return true;
    return false;
  }
};

}  // namespace orrery
