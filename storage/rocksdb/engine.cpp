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
    if (index_run_is_due() && !options_.read_only) index_writer_.write_now(head_);
  }
  staged_ = {head_, hash_};
  // A retry may be answered from what a crash left above the watermark: vouch for it first.
  if (!found && cursor->failure().empty() && !options_.read_only && !pipeline_.vouch(staged_))
    return OpenFailure{OpenError::directory_unusable, "the watermark can't be written"};
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
  StagedGroup staged;
  auto results = stage(group, now, staged);
  if (staged.event_count == 0) return results;
  if (!pipeline_.write(head_ + 1, staging_.record().bytes(), staged.end)) {
    writable_ = false;  // Whether it landed is unknown, so nothing may follow it.
    return std::vector<AppendResult>(group.size(), AppendError::read_only);
  }
  publish(staged);
  if (index_run_is_due()) index_writer_.start(head_);
  return results;
}

std::vector<AppendResult> RocksDbEventLog::begin_commit(std::span<const Append> group, Time now) {
  if (index_run_is_due() && index_writer_.is_idle()) {  // What is frozen must be published.
    for (auto& begun : begun_) wait_and_publish(begun);
    if (writable_) index_writer_.start(head_);
  }
  auto& staged = begun_.emplace_back();
  auto results = stage(group, now, staged);
  if (staged.event_count > 0)
    pipeline_.start(staged.end.position - staged.event_count + 1, staging_.record().buffer(),
                    staged.end);
  return results;
}

bool RocksDbEventLog::finish_commit() {
  const bool finished = wait_and_publish(begun_.front());
  begun_.pop_front();
  return finished;
}

/// Checks, numbers and packs a group. There is nothing to write where `staged` has no events.
std::vector<AppendResult> RocksDbEventLog::stage(std::span<const Append> group, Time now,
                                                 StagedGroup& staged) {
  const auto all = [&](AppendError error) {
    return std::vector<AppendResult>(group.size(), error);
  };
  if (!writable_) return all(AppendError::read_only);
  if (disk_is_nearly_full(group)) return all(AppendError::disk_full);

  auto results = staging_.stage(group, staged_.position, staged_.hash, now);
  staged.event_count = staging_.record().event_count();
  if (staged.event_count == 0) return results;
  const auto hash = staging_.record().finish(hasher_);
  staged_ = {staged_.position + staged.event_count, hash};
  staged.end = staged_;
  staged.tips.swap(staging_.tips());
  return results;
}

bool RocksDbEventLog::wait_and_publish(StagedGroup& group) {
  if (group.published) return true;
  if (group.event_count == 0) return writable_;  // A duplicate is as good as its original.
  if (!pipeline_.wait_for(group.end.position)) {
    writable_ = false;
    return false;
  }
  publish(group);
  group.published = true;
  return true;
}

void RocksDbEventLog::publish(const StagedGroup& group) {
  advance(group.end.position, group.end.hash);
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
  // Reading megabytes ahead would cost a look at a few events more than the look.
  constexpr Position few = 4096;
  const auto access = last - from < few ? Access::random : Access::sequential;
  return visit_range(*open_cursor(*database_, access), from, last, visitor);
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
