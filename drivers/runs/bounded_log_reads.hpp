#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "drivers/runs/run_logs.hpp"

namespace orrery {

/// Reads logs for threads that must not wait for long, from a file system that may hang: each on a
/// thread of its own, so many at most at the same time. Thread-safe; may go while a read hangs.
class BoundedLogReads {
 public:
  using Read = std::function<RunLogs()>;

  BoundedLogReads(std::size_t count_max, std::chrono::milliseconds patience)
      : count_max_(count_max), patience_(patience) {}

  /// What `read` answers, which may be called after this has returned and gone; none where that
  /// takes longer than the patience, and at once where too many reads hang already.
  std::optional<RunLogs> operator()(Read read) const;

 private:
  std::size_t count_max_;
  std::chrono::milliseconds patience_;
  std::shared_ptr<std::atomic<std::size_t>> count_ = std::make_shared<std::atomic<std::size_t>>(0);
};

}  // namespace orrery
