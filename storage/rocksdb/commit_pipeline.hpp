#pragma once

#include <condition_variable>
#include <deque>
#include <limits>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "storage/rocksdb/database.hpp"
#include "storage/watermark.hpp"

namespace orrery {

/// Makes commits durable, in two steps that each have a thread: the record is written to RocksDB
/// and synced; then the watermark that vouches for it is written and synced. So while one group is
/// being vouched for, the next is written, and the one after that is staged by the log's thread.
///
/// A write or sync that fails is never tried again, and nothing follows it.
class CommitPipeline {
 public:
  CommitPipeline(const Database& database, std::unique_ptr<WatermarkFile> watermark);
  ~CommitPipeline();
  CommitPipeline(const CommitPipeline&) = delete;
  CommitPipeline& operator=(const CommitPipeline&) = delete;

  /// Both steps here and now. Only while nothing is under way. False: the outcome is unknown.
  bool write(Position first_position, std::string_view record, const Watermark& end);

  /// Makes the watermark durable where it isn't `end` already, for what is on disk without it. Only
  /// while nothing is under way. False: the outcome is unknown.
  bool vouch(const Watermark& end);

  /// Has the record made durable after those started before. `record` is swapped for an empty
  /// buffer that has been in use.
  void start(Position first_position, std::string& record, const Watermark& end);

  /// Waits until all up to `position` is durable and vouched for. False: a write of it has failed.
  bool wait_for(Position position);

 private:
  struct Job {
    Position first_position = 0;
    std::string record;
    Watermark end;
  };

  bool write_record(Position first_position, std::string_view record);
  void write_records();
  void write_watermarks();

  const Database& database_;
  rocksdb::WriteBatch batch_;
  std::unique_ptr<WatermarkFile> watermark_;

  std::mutex mutex_;
  std::condition_variable jobs_changed_;
  std::condition_variable written_changed_;
  std::condition_variable vouched_changed_;
  std::deque<Job> jobs_;
  std::vector<std::string> spare_records_;
  Watermark written_;
  Position vouched_ = 0;
  /// Nothing from here on will ever be durable: a write or sync failed.
  Position failed_from_ = std::numeric_limits<Position>::max();
  bool stopped_ = false;

  std::thread record_thread_;
  std::thread watermark_thread_;
};

}  // namespace orrery
