#include "http/gpushare/withdrawals.hpp"

#include <utility>
#include <variant>

#include "events/stream_name.hpp"
#include "http/gpushare/agents.hpp"

namespace orrery::gpushare {

Withdrawals::Withdrawals(Agents& agents) : agents_(agents), thread_([this] { run(); }) {}

Withdrawals::~Withdrawals() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Withdrawals::on_commit(const CommittedBatch& batch) {
  for (const auto& recorded : *batch) {
    if (!std::holds_alternative<SharedNodeWithdrawn>(recorded.event)) continue;
    const std::lock_guard lock(mutex_);
    withdrawn_.emplace_back(stream_id(recorded.stream));
    changed_.notify_all();
  }
}

void Withdrawals::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return is_stopping_ || !withdrawn_.empty(); });
    if (is_stopping_) return;
    const auto withdrawn = std::exchange(withdrawn_, {});
    lock.unlock();
    for (const auto& id : withdrawn) agents_.withdraw(id);
    lock.lock();
  }
}

}  // namespace orrery::gpushare
