#pragma once

#include <atomic>
#include <filesystem>
#include <optional>
#include <string_view>

#include "storage/event_log.hpp"
#include "storage/rocksdb/database.hpp"

namespace orrery {

/// Snapshots by name (docs/formats/snapshot.md). Large ones go in as table files, so that no commit
/// waits behind megabytes in the write-ahead log. Any thread.
class SnapshotStore {
 public:
  SnapshotStore(const Database& database, std::filesystem::path directory)
      : database_(database), directory_(std::move(directory)) {}

  void put(std::string_view name, const Snapshot& snapshot);
  std::optional<Snapshot> get(std::string_view name) const;

 private:
  const Database& database_;
  std::filesystem::path directory_;
  std::atomic<std::uint64_t> file_count_ = 0;
};

}  // namespace orrery
