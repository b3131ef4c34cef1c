#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "storage/log_index.hpp"
#include "storage/rocksdb/index_runs.hpp"

namespace orrery {

/// Writes parts of the index to disk on a thread of its own, at idle priority, so that no commit
/// waits for it. `index` and `runs` must outlive it.
class IndexWriter {
 public:
  IndexWriter(LogIndex& index, IndexRuns& runs);
  ~IndexWriter();
  IndexWriter(const IndexWriter&) = delete;
  IndexWriter& operator=(const IndexWriter&) = delete;

  /// Starts writing all that changed up to `covered`. Does nothing while a part is being written;
  /// one that failed is tried again first.
  void start(Position covered);

  /// False while a part is being written: `start` would do nothing.
  bool is_idle();

  /// Writes all that changed on this thread, at its priority. False where it can't be written.
  bool write_now(Position covered);

 private:
  void run();

  LogIndex& index_;
  IndexRuns& runs_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<const IndexPart> part_;
  bool busy_ = false;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace orrery
