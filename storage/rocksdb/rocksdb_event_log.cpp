#include "storage/rocksdb/rocksdb_event_log.hpp"

#include <atomic>

#include <fmt/format.h>

#include "events/archive.hpp"
#include "storage/directory_lock.hpp"
#include "storage/group_staging.hpp"
#include "storage/rocksdb/database.hpp"
#include "storage/rocksdb/index_writer.hpp"
#include "storage/rocksdb/inspection.hpp"
#include "storage/watermark.hpp"

namespace orrery {
namespace {

class RocksDbEventLog : public EventLog {
 public:
  RocksDbEventLog(RocksDbOptions options, std::unique_ptr<DirectoryLock> lock,
                  std::unique_ptr<WatermarkFile> watermark, std::unique_ptr<Database> database)
      : options_(std::move(options)),
        lock_(std::move(lock)),
        watermark_(std::move(watermark)),
        database_(std::move(database)),
        runs_(*database_, options_.directory),
        index_(&runs_),
        staging_(index_),
        index_writer_(index_, runs_),
        writable_(!options_.read_only) {}

  ~RocksDbEventLog() override {
    // What is recent goes to disk, so that the next open has nothing to scan.
    if (writable_ && index_.recent_entries() > 0) index_writer_.write_and_wait(head_);
  }

  /// Finds the end of the log and brings the index up to it.
  std::optional<OpenFailure> load();

  std::vector<AppendResult> commit(std::span<const Append> group, Time now) override;
  boost::system::result<void, LogDamage> read(Position from, Position to,
                                              const Visitor& visitor) const override;
  boost::system::result<void, LogDamage> read_stream(std::string_view stream, Version from_version,
                                                     const Visitor& visitor) const override;
  Version version_of(std::string_view stream) const override { return index_.tip(stream).version; }
  Position head() const override { return head_; }
  ChainHash chain_hash() const override {
    const std::lock_guard lock(hash_mutex_);
    return hash_;
  }
  bool writable() const override { return writable_; }
  void put_snapshot(std::string_view name, const Snapshot& snapshot) override;
  std::optional<Snapshot> snapshot(std::string_view name) const override;
  void put_checkpoint(std::string_view name, Position position) override;
  Position checkpoint(std::string_view name) const override;

 private:
  bool disk_is_nearly_full(std::span<const Append> group) const;
  bool make_durable(const ChainHash& hash);
  void advance(Position head, const ChainHash& hash);
  void start_index_run();

  RocksDbOptions options_;
  std::unique_ptr<DirectoryLock> lock_;
  std::unique_ptr<WatermarkFile> watermark_;
  std::unique_ptr<Database> database_;
  IndexRuns runs_;
  LogIndex index_;
  GroupStaging staging_;
  IndexWriter index_writer_;
  ChainHasher hasher_;
  rocksdb::WriteBatch batch_;

  std::atomic<bool> writable_;
  std::atomic<Position> head_ = 0;
  mutable std::mutex hash_mutex_;
  ChainHash hash_{};
};

std::optional<OpenFailure> RocksDbEventLog::load() {
  const auto cursor = open_cursor(*database_, Access::sequential);
  if (!options_.read_only) runs_.remove_unfinished();
  const auto covered = runs_.covered();
  bool found = cursor->seek(covered + 1);
  for (; found; found = cursor->next()) {
    auto record = CommitRecord::parse(cursor->first_position(), cursor->bytes());
    if (!record) break;
    advance(record->last_position(), record->hash());
    if (head_ <= covered) continue;
    if (!index_.add(*record)) break;
    const bool run_is_due = index_.recent_entries() >= options_.index_run_entries_max ||
                            index_.recent_events() >= options_.index_run_events_max;
    if (run_is_due && !options_.read_only) index_writer_.write_and_wait(head_);
  }
  if (!found && cursor->failure().empty()) return std::nullopt;
  return OpenFailure{OpenError::damaged_record,
                     fmt::format("{}: after position {}: {}", to_string(OpenError::damaged_record),
                                 head_.load(), cursor->failure())};
}

void RocksDbEventLog::advance(Position head, const ChainHash& hash) {
  const std::lock_guard lock(hash_mutex_);
  hash_ = hash;
  head_ = head;
}

bool RocksDbEventLog::disk_is_nearly_full(std::span<const Append> group) const {
  std::uint64_t bytes = 0;
  for (const auto& append : group)
    for (const auto& event : append.events) bytes += event.payload.size();
  std::error_code failure;
  const auto free_bytes = options_.free_bytes
                              ? options_.free_bytes()
                              : std::filesystem::space(options_.directory, failure).available;
  return !failure && free_bytes < options_.free_bytes_min + bytes;
}

std::vector<AppendResult> RocksDbEventLog::commit(std::span<const Append> group, Time now) {
  const auto all = [&](AppendError error) {
    return std::vector<AppendResult>(group.size(), error);
  };
  if (!writable_) return all(AppendError::read_only);
  if (disk_is_nearly_full(group)) return all(AppendError::disk_full);

  auto results = staging_.stage(group, head_, hash_, now);
  const auto event_count = staging_.record().event_count();
  if (event_count == 0) return results;
  const auto hash = staging_.record().finish(hasher_);
  if (!make_durable(hash)) {
    writable_ = false;  // Whether it landed is unknown, so nothing may follow it.
    return all(AppendError::read_only);
  }
  advance(head_ + event_count, hash);
  staging_.publish();
  start_index_run();
  return results;
}

/// The order matters: the record, synced; then the watermark that vouches for it, synced; then the
/// acknowledgement.
bool RocksDbEventLog::make_durable(const ChainHash& hash) {
  batch_.Clear();
  auto status =
      batch_.Put(database_->family(Database::log), log_key(head_ + 1), staging_.record().bytes());
  rocksdb::WriteOptions synced;
  synced.sync = true;
  if (status.ok()) status = database_->db->Write(synced, &batch_);
  return status.ok() && watermark_->write({head_ + staging_.record().event_count(), hash});
}

void RocksDbEventLog::start_index_run() {
  if (index_.recent_entries() >= options_.index_run_entries_max ||
      index_.recent_events() >= options_.index_run_events_max)
    index_writer_.start(head_);
}

boost::system::result<void, LogDamage> RocksDbEventLog::read(Position from, Position to,
                                                             const Visitor& visitor) const {
  const auto last = std::min(to, head());
  if (from > last) return {};
  return visit_range(*open_cursor(*database_, Access::sequential), from, last, visitor);
}

boost::system::result<void, LogDamage> RocksDbEventLog::read_stream(std::string_view stream,
                                                                    Version from_version,
                                                                    const Visitor& visitor) const {
  const auto tip = index_.tip(stream);
  if (tip.version < from_version || tip.version == 0) return {};
  return visit_stream(*open_cursor(*database_, Access::random), stream, tip, from_version, visitor);
}

void RocksDbEventLog::put_snapshot(std::string_view name, const Snapshot& snapshot) {
  if (!writable_) return;
  std::string value;
  ByteWriter writer(value);
  writer(snapshot.position, snapshot.version);
  value.append(snapshot.bytes);
  database_->db->Put({}, database_->family(Database::snapshots), name, value);
}

std::optional<Snapshot> RocksDbEventLog::snapshot(std::string_view name) const {
  rocksdb::PinnableSlice value;
  const auto* const db = database_.get();
  if (!db->db->Get({}, db->family(Database::snapshots), name, &value).ok()) return std::nullopt;
  Snapshot snapshot;
  constexpr auto header_size = sizeof snapshot.position + sizeof snapshot.version;
  if (value.size() < header_size) return std::nullopt;
  ByteReader reader(value.ToStringView());
  reader(snapshot.position, snapshot.version);
  snapshot.bytes = value.ToStringView().substr(header_size);
  return snapshot;
}

void RocksDbEventLog::put_checkpoint(std::string_view name, Position position) {
  if (!writable_) return;
  database_->db->Put({}, database_->family(Database::checkpoints), name, log_key(position));
}

Position RocksDbEventLog::checkpoint(std::string_view name) const {
  std::string value;
  const auto status =
      database_->db->Get({}, database_->family(Database::checkpoints), name, &value);
  return status.ok() ? position_of_key(value) : 0;
}

OpenFailure damage(OpenError error, std::string_view detail) {
  return {error, fmt::format("{}: {}", to_string(error), detail)};
}

/// Ends the message with what to do about it.
OpenFailure with_advice(OpenFailure failure, const RocksDbOptions& options) {
  const bool may_be_lost = failure.code != OpenError::directory_unusable &&
                           failure.code != OpenError::locked &&
                           failure.code != OpenError::engine_failure;
  failure.message += fmt::format(" (log in {})", options.directory.string());
  if (may_be_lost)
    failure.message +=
        ". Nothing was changed. Restore the files from a backup, or keep what verifies with "
        "`orrery log recover --accept-loss`";
  return failure;
}

/// Makes an empty log where there is none. The watermark comes first: a database without one is
/// damage.
std::optional<OpenFailure> prepare_directory(const LogFiles& files, const RocksDbOptions& options) {
  std::error_code failure;
  if (!options.read_only) std::filesystem::create_directories(files.directory, failure);
  if (failure) return damage(OpenError::directory_unusable, failure.message());
  const bool empty = !files.has_database() && !std::filesystem::exists(files.watermark());
  if (!empty) return std::nullopt;
  if (options.read_only) return damage(OpenError::directory_unusable, "there is no log");
  if (WatermarkFile::create(files.watermark(), {})) return std::nullopt;
  return damage(OpenError::directory_unusable, "the watermark can't be created");
}

boost::system::result<std::unique_ptr<WatermarkFile>, OpenFailure> open_watermark(
    const LogFiles& files, bool writable) {
  auto watermark = WatermarkFile::open(files.watermark(), writable);
  if (watermark) return *std::move(watermark);
  switch (watermark.error()) {
    case WatermarkFile::Error::missing:
      return damage(OpenError::missing_watermark, "nothing says how far the log was acknowledged");
    case WatermarkFile::Error::damaged:
      return damage(OpenError::damaged_watermark, "neither of its slots verifies");
    case WatermarkFile::Error::unusable:
      break;
  }
  return damage(OpenError::directory_unusable, "the watermark can't be opened");
}

boost::system::result<std::unique_ptr<EventLog>, OpenFailure> open_locked(
    RocksDbOptions options, std::unique_ptr<DirectoryLock> lock) {
  const LogFiles files{options.directory};
  auto watermark = open_watermark(files, !options.read_only);
  if (!watermark) return watermark.error();
  const auto vouched = (*watermark)->current();
  const bool exists = std::filesystem::exists(files.current());
  if (!exists && vouched.position > 0)
    return damage(OpenError::missing_table,
                  fmt::format("RocksDB's list of files is gone, and with it events 1 to {}",
                              vouched.position));
  if (exists)
    if (auto failure = inspect(files, vouched, options.read_only, options.env)) return *failure;

  std::unique_ptr<Database> database;
  const auto mode = options.read_only ? Database::Mode::read_only : Database::Mode::read_write;
  const auto status = Database::open(files.database(), mode, !exists, options.env, database);
  if (!status.ok()) return damage(OpenError::engine_failure, status.ToString());
  auto log = std::make_unique<RocksDbEventLog>(std::move(options), std::move(lock),
                                               *std::move(watermark), std::move(database));
  if (auto failure = log->load()) return *failure;
  return std::unique_ptr<EventLog>(std::move(log));
}

}  // namespace

boost::system::result<std::unique_ptr<EventLog>, OpenFailure> open_rocksdb_event_log(
    RocksDbOptions options) {
  const LogFiles files{options.directory};
  if (auto failure = prepare_directory(files, options)) return with_advice(*failure, options);
  std::unique_ptr<DirectoryLock> lock;
  if (!options.read_only) {
    lock = DirectoryLock::take(files.lock());
    if (!lock)
      return with_advice(damage(OpenError::locked,
                                fmt::format("process {}", DirectoryLock::holder_of(files.lock()))),
                         options);
  }
  auto log = open_locked(options, std::move(lock));
  if (!log) return with_advice(log.error(), options);
  return log;
}

}  // namespace orrery
