#include "storage/rocksdb/database.hpp"

#include <array>

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <boost/endian/conversion.hpp>

namespace orrery {
namespace {

constexpr std::array<const char*, Database::family_count> family_names{
    "default", "log", "streams", "keys", "snapshots", "checkpoints"};

/// Blocks of all families. Streams read again soon after they were written find their records here.
const std::shared_ptr<rocksdb::Cache>& block_cache() {
  static const auto cache = rocksdb::NewLRUCache(128u << 20);
  return cache;
}

rocksdb::BlockBasedTableOptions table_options(bool point_lookups) {
  rocksdb::BlockBasedTableOptions options;
  options.block_cache = block_cache();
  options.block_size = 16u << 10;
  options.format_version = 5;
  // Debian's build computes CRC-32C in software; XXH3 is several times as fast.
  options.checksum = rocksdb::kXXH3;
  // A name that was never seen costs a look at the filters, and no block.
  if (point_lookups) options.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  return options;
}

/// RocksDB's diary of a database that is only looked at: nowhere.
class NoDiary : public rocksdb::Logger {
 public:
  using rocksdb::Logger::Logv;
  void Logv(const char*, va_list) override {}
};

class RocksDbCursor : public RecordCursor {
 public:
  RocksDbCursor(const Database& database, const rocksdb::ReadOptions& options)
      : iterator_(database.db->NewIterator(options, database.family(Database::log))) {}

  bool seek(Position position) override {
    iterator_->SeekForPrev(log_key(position));
    return iterator_->Valid();
  }
  bool next() override {
    iterator_->Next();
    return iterator_->Valid();
  }
  Position first_position() const override { return position_of_key(iterator_->key()); }
  std::string_view bytes() const override { return iterator_->value().ToStringView(); }
  std::string failure() const override {
    return iterator_->status().ok() ? std::string() : iterator_->status().ToString();
  }

 private:
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

}  // namespace

rocksdb::ColumnFamilyOptions Database::options_of(Family family) {
  rocksdb::ColumnFamilyOptions options;
  const bool is_index = family == streams || family == keys;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options(is_index)));
  options.compression = rocksdb::kNoCompression;
  options.write_buffer_size = family == log ? 64u << 20 : 8u << 20;
  if (family == log) {
    options.max_write_buffer_number = 6;
    // Keys only grow, so files never overlap: compaction renames, and there is nothing to wait for.
    options.level0_slowdown_writes_trigger = 200;
    options.level0_stop_writes_trigger = 400;
    options.max_bytes_for_level_base = 4ull << 30;
  }
  return options;
}

rocksdb::DBOptions Database::database_options(Mode mode, bool create, rocksdb::Env* env) {
  rocksdb::DBOptions options;
  options.env = env ? env : rocksdb::Env::Default();
  options.create_if_missing = create;
  options.create_missing_column_families = create;
  // A torn tail is fine as long as it lies above the watermark; the opener compares.
  options.wal_recovery_mode = mode == Mode::read_only_strict
                                  ? rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords
                                  : rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.max_total_wal_size = 256u << 20;
  // A failed write or sync is never tried again.
  options.max_bgerror_resume_count = 0;
  options.allow_concurrent_memtable_write = false;  // There is one writer.
  options.max_background_jobs = 2;
  options.bytes_per_sync = 1u << 20;  // No burst of writing back that a commit's sync waits behind.
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.keep_log_file_num = 4;
  if (mode != Mode::read_write) options.info_log = std::make_shared<NoDiary>();
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> Database::descriptors() {
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (std::size_t i = 0; i < family_count; ++i)
    descriptors.emplace_back(family_names[i], options_of(static_cast<Family>(i)));
  return descriptors;
}

rocksdb::Status Database::open(const std::filesystem::path& path, Mode mode, bool create,
                               rocksdb::Env* env, std::unique_ptr<Database>& database) {
  const auto options = database_options(mode, create, env);
  // Flushes and compactions take what commits and requests leave of the processors.
  options.env->LowerThreadPoolCPUPriority(rocksdb::Env::HIGH, rocksdb::CpuPriority::kIdle);
  options.env->LowerThreadPoolCPUPriority(rocksdb::Env::LOW, rocksdb::CpuPriority::kIdle);
  auto opened = std::make_unique<Database>();
  rocksdb::DB* db = nullptr;
  const auto status =
      mode == Mode::read_write
          ? rocksdb::DB::Open(options, path, descriptors(), &opened->families, &db)
          : rocksdb::DB::OpenForReadOnly(options, path, descriptors(), &opened->families, &db);
  if (!status.ok()) return status;
  opened->db.reset(db);
  database = std::move(opened);
  return status;
}

Database::~Database() {
  for (auto* family : families) db->DestroyColumnFamilyHandle(family);
  if (db) db->Close();
}

std::string log_key(Position position) {
  const auto big_endian = boost::endian::native_to_big(position);
  return {reinterpret_cast<const char*>(&big_endian), sizeof big_endian};
}

Position position_of_key(const rocksdb::Slice& key) {
  Position big_endian = 0;
  if (key.size() != sizeof big_endian) return 0;
  std::memcpy(&big_endian, key.data(), sizeof big_endian);
  return boost::endian::big_to_native(big_endian);
}

std::unique_ptr<RecordCursor> open_cursor(const Database& database, Access access) {
  rocksdb::ReadOptions options;
  if (access == Access::sequential) {
    options.verify_checksums = false;
    options.fill_cache = false;
    options.readahead_size = 4u << 20;
  }
  return std::make_unique<RocksDbCursor>(database, options);
}

}  // namespace orrery
