#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "storage/directory_lock.hpp"
#include "storage/group_staging.hpp"
#include "storage/rocksdb/commit_pipeline.hpp"
#include "storage/rocksdb/database.hpp"
#include "storage/rocksdb/index_runs.hpp"
#include "storage/rocksdb/index_writer.hpp"
#include "storage/rocksdb/inspection.hpp"
#include "storage/rocksdb/rocksdb_event_log.hpp"
#include "storage/rocksdb/snapshot_store.hpp"

namespace orrery {

/// The log on RocksDB, once its files have been inspected.
class RocksDbEventLog : public EventLog {
 public:
  RocksDbEventLog(RocksDbOptions options, std::unique_ptr<DirectoryLock> lock,
                  std::unique_ptr<WatermarkFile> watermark, std::unique_ptr<Database> database)
      : options_(std::move(options)),
        lock_(std::move(lock)),
        database_(std::move(database)),
        pipeline_(*database_, std::move(watermark)),
        runs_(*database_, options_.directory),
        snapshots_(*database_, options_.directory),
        index_(&runs_),
        staging_(index_),
        index_writer_(index_, runs_),
        writable_(!options_.read_only) {}

  ~RocksDbEventLog() override {
    while (!begun_.empty()) finish_commit();
    // What is recent goes to disk, so that the next open has nothing to scan.
    if (writable_ && index_.recent_entries() > 0) index_writer_.write_now(head_);
  }

  /// Finds the end of the log and brings the index up to it.
  std::optional<OpenFailure> load();

  std::vector<AppendResult> commit(std::span<const Append> group, Time now) override;
  std::size_t commits_in_flight_max() const override { return orrery::commits_in_flight_max; }
  std::vector<AppendResult> begin_commit(std::span<const Append> group, Time now) override;
  bool finish_commit() override;
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
  /// A group on its way to the disk; readers don't see it yet.
  struct StagedGroup {
    Watermark end;
    std::vector<StagedTip> tips;
    std::uint64_t event_count = 0;
    bool published = false;
  };

  bool disk_is_nearly_full(std::span<const Append> group) const;
  std::vector<AppendResult> stage(std::span<const Append> group, Time now, StagedGroup& staged);
  bool index_run_is_due() const;
  bool wait_and_publish(StagedGroup& group);
  void publish(const StagedGroup& group);
  void advance(Position head, const ChainHash& hash);

  RocksDbOptions options_;
  std::unique_ptr<DirectoryLock> lock_;
  std::unique_ptr<Database> database_;
  CommitPipeline pipeline_;
  IndexRuns runs_;
  SnapshotStore snapshots_;
  LogIndex index_;
  GroupStaging staging_;
  IndexWriter index_writer_;
  ChainHasher hasher_;
  /// The end of what is staged, whether durable or not.
  Watermark staged_;
  std::deque<StagedGroup> begun_;

  std::atomic<bool> writable_;
  std::atomic<Position> head_ = 0;
  mutable std::mutex hash_mutex_;
  ChainHash hash_{};
};

}  // namespace orrery
