#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <rocksdb/sst_file_writer.h>

#include "storage/rocksdb/database.hpp"

namespace orrery {

/// Puts entries into a database as whole table files: none of their bytes passes the write-ahead
/// log or a memtable, and commits wait for no more than a rename. Durable on return.
class TableIngestion {
 public:
  /// `directory` is where the files are written before RocksDB takes them over.
  TableIngestion(const Database& database, std::filesystem::path directory)
      : database_(database), directory_(std::move(directory)) {}

  /// Writes the entries in ascending order of their keys; at least one.
  using Fill = std::function<rocksdb::Status(rocksdb::SstFileWriter& writer)>;

  /// Writes a file for `family`; it is part of the database after `finish`. `name` must not be in
  /// use at the same time.
  rocksdb::Status add(Database::Family family, const std::string& name, const Fill& fill);

  /// All that was added becomes visible at once, or nothing.
  rocksdb::Status finish();

  /// Removes what crashes left in the directory. Not beside a writer.
  static void remove_unfinished(const std::filesystem::path& directory);

 private:
  const Database& database_;
  std::filesystem::path directory_;
  std::vector<rocksdb::IngestExternalFileArg> files_;
};

}  // namespace orrery
