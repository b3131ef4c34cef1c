#include "storage/memory/memory_event_log.hpp"

#include <map>
#include <mutex>

#include "storage/group_staging.hpp"
#include "storage/record_reading.hpp"

namespace orrery {
namespace {

/// Records by their first position. Shared with readers, so behind a lock of its own; a record
/// never changes or moves once it is in.
using Records = std::map<Position, std::string>;

class MemoryCursor : public RecordCursor {
 public:
  MemoryCursor(const Records& records, std::mutex& mutex) : records_(records), mutex_(mutex) {}

  bool seek(Position position) override {
    const std::lock_guard lock(mutex_);
    at_ = records_.upper_bound(position);
    if (at_ == records_.begin()) return false;
    --at_;
    return true;
  }
  bool next() override {
    const std::lock_guard lock(mutex_);
    return ++at_ != records_.end();
  }
  Position first_position() const override { return at_->first; }
  std::string_view bytes() const override { return at_->second; }
  std::string failure() const override { return {}; }

 private:
  const Records& records_;
  std::mutex& mutex_;
  Records::const_iterator at_;
};

}  // namespace

struct MemoryEventLog::State {
  Records records;
  Position head = 0;
  ChainHash hash{};
  bool writable = true;
  std::map<std::string, Snapshot, std::less<>> snapshots;
  std::map<std::string, Position, std::less<>> checkpoints;
  std::function<CommitFate()> fate;
  /// Guards all of the above.
  mutable std::mutex mutex;

  LogIndex index{nullptr};
  GroupStaging staging{index};
  ChainHasher hasher;

  /// What was written but not acknowledged is above the head: it shows after a restart only.
  void write() {
    const std::lock_guard lock(mutex);
    records.emplace(head + 1, staging.record().bytes());
  }
  void advance(const ChainHash& new_hash) {
    const std::lock_guard lock(mutex);
    head += staging.record().event_count();
    hash = new_hash;
  }
};

MemoryEventLog::MemoryEventLog() : state_(std::make_unique<State>()) {}
MemoryEventLog::~MemoryEventLog() = default;

void MemoryEventLog::set_fate(std::function<CommitFate()> fate) { state_->fate = std::move(fate); }

std::unique_ptr<MemoryEventLog> MemoryEventLog::restarted(bool keep_unsynced) const {
  auto log = std::make_unique<MemoryEventLog>();
  const std::lock_guard lock(state_->mutex);
  auto& fresh = *log->state_;
  fresh.records = state_->records;
  if (keep_unsynced) {
    fresh.snapshots = state_->snapshots;
    fresh.checkpoints = state_->checkpoints;
  }
  for (const auto& [position, bytes] : fresh.records) {
    auto record = CommitRecord::parse(position, bytes);
    fresh.index.add(*record);
    fresh.head = record->last_position();
    fresh.hash = record->hash();
  }
  return log;
}

std::vector<AppendResult> MemoryEventLog::commit(std::span<const Append> group, Time now) {
  const auto all = [&](AppendError error) {
    return std::vector<AppendResult>(group.size(), error);
  };
  auto& state = *state_;
  if (!state.writable) return all(AppendError::read_only);
  const auto fate = state.fate ? state.fate() : CommitFate::succeeds;
  if (fate == CommitFate::disk_full) return all(AppendError::disk_full);

  auto results = state.staging.stage(group, state.head, state.hash, now);
  if (state.staging.record().event_count() == 0) return results;
  const auto hash = state.staging.record().finish(state.hasher);
  if (fate == CommitFate::fails_before_write || fate == CommitFate::fails_after_write) {
    if (fate == CommitFate::fails_after_write) state.write();
    const std::lock_guard lock(state.mutex);
    state.writable = false;
    return all(AppendError::read_only);
  }
  state.write();
  state.advance(hash);
  LogIndex::Staging(state.index)
      .publish(state.staging.tips(), state.staging.record().event_count());
  return results;
}

boost::system::result<void, LogDamage> MemoryEventLog::read(Position from, Position to,
                                                            const Visitor& visitor) const {
  MemoryCursor cursor(state_->records, state_->mutex);
  return visit_range(cursor, from, std::min(to, head()), visitor);
}

boost::system::result<void, LogDamage> MemoryEventLog::read_stream(std::string_view stream,
                                                                   Version from_version,
                                                                   const Visitor& visitor) const {
  MemoryCursor cursor(state_->records, state_->mutex);
  return visit_stream(cursor, stream, state_->index.tip(stream), from_version, visitor);
}

Version MemoryEventLog::version_of(std::string_view stream) const {
  return state_->index.tip(stream).version;
}

Position MemoryEventLog::head() const {
  const std::lock_guard lock(state_->mutex);
  return state_->head;
}

ChainHash MemoryEventLog::chain_hash() const {
  const std::lock_guard lock(state_->mutex);
  return state_->hash;
}

bool MemoryEventLog::writable() const {
  const std::lock_guard lock(state_->mutex);
  return state_->writable;
}

void MemoryEventLog::put_snapshot(std::string_view name, const Snapshot& snapshot) {
  const std::lock_guard lock(state_->mutex);
  state_->snapshots.insert_or_assign(std::string(name), snapshot);
}

std::optional<Snapshot> MemoryEventLog::snapshot(std::string_view name) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->snapshots.find(name);
  return found == state_->snapshots.end() ? std::nullopt : std::optional(found->second);
}

void MemoryEventLog::put_checkpoint(std::string_view name, Position position) {
  const std::lock_guard lock(state_->mutex);
  state_->checkpoints.insert_or_assign(std::string(name), position);
}

Position MemoryEventLog::checkpoint(std::string_view name) const {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->checkpoints.find(name);
  return found == state_->checkpoints.end() ? 0 : found->second;
}

}  // namespace orrery
