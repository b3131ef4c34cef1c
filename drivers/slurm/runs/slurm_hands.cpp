#include "drivers/slurm/runs/slurm_hands.hpp"

#include <utility>

namespace orrery {

SlurmHands::SlurmHands(SlurmPort& port, std::size_t count) : port_(port) {
  for (std::size_t i = 0; i < count; ++i)
    threads_.emplace_back([this](const std::stop_token& stop) { run(stop); });
}

SlurmHands::~SlurmHands() {
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();
}

void SlurmHands::push(Task task) {
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  told_.notify_one();
}

void SlurmHands::run(const std::stop_token& stop) {
  for (;;) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      told_.wait(lock, stop, [this] { return !tasks_.empty(); });
      if (stop.stop_requested()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task(port_);
  }
}

}  // namespace orrery
