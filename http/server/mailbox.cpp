#include "http/server/mailbox.hpp"

#include <boost/asio/post.hpp>

namespace orrery {

void Mailbox::post(std::function<void()> task) {
  const std::scoped_lock lock(mutex_);
  if (context_ == nullptr) return;
  tasks_.push_back(std::move(task));
  if (tasks_.size() == 1) boost::asio::post(*context_, [this] { drain(); });
}

void Mailbox::drain() {
  std::vector<std::function<void()>> tasks;
  {
    const std::scoped_lock lock(mutex_);
    tasks.swap(tasks_);
  }
  for (auto& task : tasks) task();
}

void Mailbox::close() {
  std::vector<std::function<void()>> dropped;
  const std::scoped_lock lock(mutex_);
  context_ = nullptr;
  dropped.swap(tasks_);
}

}  // namespace orrery
