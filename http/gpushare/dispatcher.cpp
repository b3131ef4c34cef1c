#include "http/gpushare/dispatcher.hpp"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "http/gpushare/dispatch_desk.hpp"
#include "http/gpushare/inference_call.hpp"

namespace orrery::gpushare {

struct Dispatcher::State {
  State(Dependencies dependencies, Limits limits)
      : desk(std::make_shared<DispatchDesk>(dependencies, limits)),
        thread([this] { look_now_and_then(); }) {}

  void look_now_and_then() {
    std::unique_lock lock(mutex);
    while (!stop_wish.wait_for(lock, desk->limits.look, [this] { return is_stopping; })) {
      lock.unlock();
      const auto now = std::chrono::steady_clock::now();
      for (const auto& call : desk->running()) call->look(now);
      desk->loads.forget_idle(now);
      lock.lock();
    }
  }

  std::shared_ptr<DispatchDesk> desk;
  std::mutex mutex;
  std::condition_variable stop_wish;
  bool is_stopping = false;
  std::thread thread;
};

Dispatcher::Dispatcher(Dependencies dependencies, Limits limits)
    : state_(std::make_unique<State>(dependencies, limits)) {}

Dispatcher::~Dispatcher() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->is_stopping = true;
  }
  state_->stop_wish.notify_all();
  state_->thread.join();
  for (const auto& call : state_->desk->close()) call->drop();
}

void Dispatcher::ask(InferenceWish wish) {
  const auto on_end = wish.on_end;
  const auto client_id = wish.client_id;
  const auto call = std::make_shared<InferenceCall>(state_->desk, std::move(wish));
  switch (state_->desk->enter(call, client_id)) {
    case DispatchDesk::Entry::taken:
      return call->start();
    case DispatchDesk::Entry::full:
      return on_end({{}, "overloaded", "Too many questions are under way."});
    case DispatchDesk::Entry::full_for_client:
      return on_end({{}, "throttled", "Too many of your questions are under way."});
    case DispatchDesk::Entry::closed:
      return on_end({{}, "unavailable", "The server is stopping."});
  }
}

void Dispatcher::cancel_all_of(std::string_view client_id) {
  for (const auto& call : state_->desk->running())
    if (call->client_id() == client_id) call->cancel();
}

bool Dispatcher::is_live(const SharedNodeDetails& node) const {
  return state_->desk->is_live(node);
}

std::uint32_t Dispatcher::running_at(std::string_view shared_node_id) const {
  return state_->desk->loads.running_at(shared_node_id);
}

DispatchFigures Dispatcher::figures() const {
  const auto& desk = *state_->desk;
  return {desk.running_count(), desk.asked_count, desk.answered_count, desk.failed_count,
          desk.retried_count};
}

}  // namespace orrery::gpushare
