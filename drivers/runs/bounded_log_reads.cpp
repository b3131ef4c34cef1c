#include "drivers/runs/bounded_log_reads.hpp"

#include <future>
#include <system_error>
#include <thread>
#include <utility>

namespace orrery {

std::optional<RunLogs> BoundedLogReads::operator()(Read read) const {
  const std::shared_ptr<void> place(nullptr, [count = count_](void*) { --*count; });
  if (++*count_ > count_max_) return std::nullopt;
  std::packaged_task<RunLogs()> task(std::move(read));
  auto logs = task.get_future();
  try {
    std::thread([place, task = std::move(task)]() mutable { task(); }).detach();
  } catch (const std::system_error&) {
    return std::nullopt;  // No more threads.
  }
  if (logs.wait_for(patience_) != std::future_status::ready) return std::nullopt;
  return logs.get();
}

}  // namespace orrery
