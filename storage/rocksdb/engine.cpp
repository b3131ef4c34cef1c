#include "storage/rocksdb/engine.hpp"

#include <fmt/format.h>

#include "storage/rocksdb/table_ingestion.hpp"

namespace orrery {

std::optional<OpenFailure> RocksDbEventLog::load() {
  // With RocksDB's checksums: these bytes go into the index unverified otherwise.
  const auto cursor = open_cursor(*database_, Access::random);
  if (!options_.read_only) TableIngestion::remove_unfinished(options_.directory);
  const auto covered = runs_.covered();
  bool found = cursor->seek(covered + 1);
  for (; found; found = cursor->next()) {
    auto record = CommitRecord::parse(cursor->first_position(), cursor->bytes());
    if (!record) break;
    advance(record->last_position(), record->hash());
    if (head_ <= covered) continue;
    if (!index_.add(*record)) break;
    if (index_run_is_due() && !options_.read_only) index_writer_.write_and_wait(head_);
  }
  written_ = {head_, hash_};
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
  while (!begun_.empty()) finish_commit();
  WrittenGroup written;
  auto results = write_group(group, now, written);
  if (written.event_count == 0) return results;
  if (!watermark_.write(written.watermark)) {
    writable_ = false;
    return std::vector<AppendResult>(group.size(), AppendError::read_only);
  }
  publish(written);
  if (index_run_is_due()) index_writer_.start(head_);
  return results;
}

std::vector<AppendResult> RocksDbEventLog::begin_commit(std::span<const Append> group, Time now) {
  if (index_run_is_due()) {  // What is frozen must have been published.
    for (auto& begun : begun_) wait_and_publish(begun);
    index_writer_.start(head_);
  }
  auto& written = begun_.emplace_back();
  auto results = write_group(group, now, written);
  if (written.event_count > 0) watermark_.start(written.watermark);
  return results;
}

bool RocksDbEventLog::finish_commit() {
  const bool finished = wait_and_publish(begun_.front());
  begun_.pop_front();
  return finished;
}

/// Checks, numbers and writes a group. Nothing was written where `written` has no events.
///
/// The order matters: the record, synced; then the watermark that vouches for it, synced; then the
/// acknowledgement.
std::vector<AppendResult> RocksDbEventLog::write_group(std::span<const Append> group, Time now,
                                                       WrittenGroup& written) {
  const auto all = [&](AppendError error) {
    return std::vector<AppendResult>(group.size(), error);
  };
  if (!writable_) return all(AppendError::read_only);
  if (disk_is_nearly_full(group)) return all(AppendError::disk_full);

  auto results = staging_.stage(group, written_.position, written_.hash, now);
  const auto event_count = staging_.record().event_count();
  if (event_count == 0) return results;
  const auto hash = staging_.record().finish(hasher_);
  if (!write_record()) {
    writable_ = false;  // Whether it landed is unknown, so nothing may follow it.
    return all(AppendError::read_only);
  }
  written_ = {written_.position + event_count, hash};
  written.watermark = written_;
  written.event_count = event_count;
  written.tips.swap(staging_.tips());
  return results;
}

bool RocksDbEventLog::write_record() {
  batch_.Clear();
  auto status = batch_.Put(database_->family(Database::log), log_key(written_.position + 1),
                           staging_.record().bytes());
  rocksdb::WriteOptions synced;
  synced.sync = true;
  if (status.ok()) status = database_->db->Write(synced, &batch_);
  return status.ok();
}

bool RocksDbEventLog::wait_and_publish(WrittenGroup& group) {
  if (group.event_count == 0) return true;
  if (!watermark_.wait_for(group.watermark.position)) {
    writable_ = false;
    return false;
  }
  publish(group);
  group.event_count = 0;
  return true;
}

void RocksDbEventLog::publish(const WrittenGroup& group) {
  advance(group.watermark.position, group.watermark.hash);
  LogIndex::Staging(index_).publish(group.tips, group.event_count);
}

bool RocksDbEventLog::index_run_is_due() const {
  return index_.recent_entries() >= options_.index_run_entries_max ||
         index_.recent_events() >= options_.index_run_events_max;
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
  if (writable_) snapshots_.put(name, snapshot);
}

std::optional<Snapshot> RocksDbEventLog::snapshot(std::string_view name) const {
  return snapshots_.get(name);
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

}  // namespace orrery
