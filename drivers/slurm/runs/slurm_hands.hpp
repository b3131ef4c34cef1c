#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "drivers/slurm/port/slurm_port.hpp"

namespace orrery {

/// Threads that ask a Slurm, each for one thing at a time, in the order in which they were told.
class SlurmHands {
 public:
  using Task = std::function<void(SlurmPort&)>;

  SlurmHands(SlurmPort& port, std::size_t count);
  /// Waits for what is under way; what hasn't begun is dropped.
  ~SlurmHands();
  SlurmHands(const SlurmHands&) = delete;
  SlurmHands& operator=(const SlurmHands&) = delete;

  /// Any thread.
  void push(Task task);

 private:
  void run(const std::stop_token& stop);

  SlurmPort& port_;
  std::mutex mutex_;
  std::condition_variable_any told_;
  std::deque<Task> tasks_;
  std::vector<std::jthread> threads_;
};

}  // namespace orrery
