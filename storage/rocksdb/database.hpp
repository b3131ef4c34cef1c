#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>

#include "storage/record_reading.hpp"

namespace orrery {

/// The RocksDB of a log with its column families (docs/formats/README.md).
struct Database {
  enum Family : std::size_t { standard, log, streams, keys, snapshots, checkpoints, family_count };

  enum class Mode : std::uint8_t {
    read_write,
    /// Changes no file: for looking before touching, and beside a running server.
    read_only,
    /// Read-only, and a checksum that fails anywhere in the write-ahead log is an error; a cut one
    /// is not. Tells one from the other.
    read_only_strict,
  };

  /// `env` may be null. With `create`, a new one is made where there is none.
  static rocksdb::Status open(const std::filesystem::path& path, Mode mode, bool create,
                              rocksdb::Env* env, std::unique_ptr<Database>& database);

  /// Options of one family, for the writer of its sorted runs.
  static rocksdb::ColumnFamilyOptions options_of(Family family);
  static rocksdb::DBOptions database_options(Mode mode, bool create, rocksdb::Env* env);
  static std::vector<rocksdb::ColumnFamilyDescriptor> descriptors();

  ~Database();

  rocksdb::ColumnFamilyHandle* family(Family which) const { return families[which]; }

  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
};

/// Key of a commit: its first position, big-endian, so that keys sort as positions do.
std::string log_key(Position position);
/// 0 where the bytes are no key.
Position position_of_key(const rocksdb::Slice& key);

/// How the records will be read.
enum class Access : std::uint8_t {
  /// One after the other, each verified by its own hash: RocksDB's checksums would only repeat
  /// that.
  sequential,
  /// Here and there, some again: through the cache, verified by RocksDB's checksums.
  random,
};

std::unique_ptr<RecordCursor> open_cursor(const Database& database, Access access);

}  // namespace orrery
