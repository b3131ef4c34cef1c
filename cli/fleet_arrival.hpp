#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "storage/event_log.hpp"

namespace orrery {

/// Counts nodes and GPUs that come into service, so that a server with a new demo fleet says it is
/// ready only when a create would succeed. Hang it to the log actor after the views.
class FleetArrival : public CommitListener {
 public:
  struct Count {
    std::uint64_t nodes = 0;
    std::uint64_t gpus = 0;
  };

  void on_commit(const CommittedBatch& batch) override;

  /// Blocks until so many have arrived since construction; false where `timeout` passed before.
  bool wait_for(const Count& expected, std::chrono::milliseconds timeout);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Count arrived_;
};

}  // namespace orrery
