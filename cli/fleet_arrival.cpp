#include "cli/fleet_arrival.hpp"

#include <algorithm>

namespace orrery {

void FleetArrival::on_commit(const CommittedBatch& batch) {
  Count count;
  for (const auto& recorded : *batch) {
    count.nodes += std::holds_alternative<NodeBecameReady>(recorded.event) ? 1 : 0;
    count.gpus += std::holds_alternative<GpuRegistered>(recorded.event) ? 1 : 0;
  }
  if (count.nodes + count.gpus == 0) return;
  const std::lock_guard lock(mutex_);
  arrived_.nodes += count.nodes;
  arrived_.gpus += count.gpus;
  changed_.notify_all();
}

bool FleetArrival::wait_for(const Count& expected, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] {
    return arrived_.nodes >= expected.nodes && arrived_.gpus >= expected.gpus;
  });
}

}  // namespace orrery
