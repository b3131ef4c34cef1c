#include "http/gpushare/key_erasures.hpp"

#include <utility>
#include <variant>

#include "events/stream_name.hpp"
#include "projections/clients/client_view.hpp"
#include "storage/subject_keys.hpp"

namespace orrery {

KeyErasures::KeyErasures(const ClientView& clients, SubjectKeys& keys)
    : clients_(clients),
      keys_(keys),
      thread_([this](const std::stop_token& stopping) { run(stopping); }) {}

KeyErasures::~KeyErasures() = default;

void KeyErasures::on_commit(const CommittedBatch& batch) {
  for (const auto& recorded : *batch) {
    const bool may_be_gone = std::holds_alternative<ClientErased>(recorded.event) ||
                             std::holds_alternative<ClientNamesRefused>(recorded.event);
    if (!may_be_gone) continue;
    // Whoever is refused other names is a client all the same.
    const auto id = stream_id(recorded.stream);
    if (clients_.find(id)) continue;
    const std::scoped_lock lock(mutex_);
    client_ids_.emplace_back(id);
    woken_.notify_one();
  }
}

void KeyErasures::run(const std::stop_token& stopping) {
  std::unique_lock lock(mutex_);
  for (;;) {
    woken_.wait(lock, stopping, [&] { return !client_ids_.empty(); });
    if (client_ids_.empty()) return;
    const auto id = std::move(client_ids_.front());
    client_ids_.pop_front();
    lock.unlock();
    (void)keys_.erase(client_subject(id));
    lock.lock();
  }
}

}  // namespace orrery
