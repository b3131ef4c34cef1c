#pragma once

#include <filesystem>
#include <string>

#include "storage/log_index.hpp"
#include "storage/rocksdb/database.hpp"

namespace orrery {

/// The index on disk (docs/formats/stream-index.md): sorted runs that are written as whole table
/// files and handed to RocksDB. They never pass the write-ahead log or a memtable, which would cost
/// more than the events themselves; what a crash loses is read from the log again.
class IndexRuns : public OlderIndex {
 public:
  /// `directory` is where a run is written before RocksDB takes it over.
  IndexRuns(const Database& database, std::filesystem::path directory)
      : database_(database), directory_(std::move(directory)) {}

  std::optional<StreamTip> stream(std::string_view name) const override;
  std::optional<CommandAnswer> command(std::string_view id) const override;

  /// Events up to this position are in the runs.
  Position covered() const;

  /// Adds a run. All of it is there afterwards, or nothing. False where it couldn't be written.
  bool write(const IndexPart& part);

 private:
  const Database& database_;
  std::filesystem::path directory_;
};

}  // namespace orrery
