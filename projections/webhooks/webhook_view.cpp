#include "projections/webhooks/webhook_view.hpp"

#include <algorithm>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "events/archive.hpp"
#include "events/stream_name.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {

namespace {

void fold(WebhookDetails& hook, const WebhookSecretRotated& rotated, Time time) {
  hook.previous_secret = std::exchange(hook.webhook.secret, rotated.secret);
  hook.rotated_at = time;
}
void fold(WebhookDetails& hook, const WebhookPaused& paused, Time) {
  hook.paused = true;
  hook.pause_reason = paused.reason;
}
void fold(WebhookDetails& hook, const WebhookResumed&, Time) {
  hook.paused = false;
  hook.pause_reason.clear();
}
void fold(WebhookDetails& hook, const WebhookDeadLettered& letter, Time time) {
  hook.dead_letters.push_back({letter, time});
}
void fold(WebhookDetails& hook, const WebhookDeadLetterResolved& resolved, Time) {
  std::erase_if(hook.dead_letters,
                [&](const DeadLetter& dead) { return dead.letter.position == resolved.position; });
}

}  // namespace

/// Few, so they are looked through.
struct WebhookView::State {
  auto find(std::string_view id) {
    return std::ranges::find_if(hooks, [&](const Hook& hook) { return hook->id == id; });
  }

  template <class E>
  void apply(const E& event, const RecordedEvent& recorded) {
    const auto id = stream_id(recorded.stream);
    if constexpr (std::is_same_v<E, WebhookRegistered>) {
      WebhookDetails hook;
      hook.id = id;
      hook.webhook = event;
      hook.registered_at = recorded.time;
      hook.registered_by = recorded.origin.actor;
      hook.version = recorded.version;
      hooks.push_back(std::make_shared<const WebhookDetails>(std::move(hook)));
    } else if constexpr (std::is_same_v<E, WebhookDeleted>) {
      if (const auto found = find(id); found != hooks.end()) hooks.erase(found);
    } else if (const auto found = find(id); found != hooks.end()) {
      auto changed = std::make_shared<WebhookDetails>(**found);
      fold(*changed, event, recorded.time);
      changed->version = recorded.version;
      *found = std::move(changed);
    }
  }

  mutable WriterFirstMutex mutex;
  std::vector<Hook> hooks;
};

WebhookView::WebhookView() : state_(std::make_unique<State>()) {}
WebhookView::~WebhookView() = default;

WebhookView::Hook WebhookView::find(std::string_view id) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->find(id);
  return found == state_->hooks.end() ? nullptr : *found;
}

std::vector<WebhookView::Hook> WebhookView::list() const {
  const std::shared_lock lock(state_->mutex);
  return state_->hooks;
}

void WebhookView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        using E = std::decay_t<decltype(event)>;
        if constexpr (std::is_constructible_v<WebhookEvent, E>) {
          const std::unique_lock lock(state_->mutex);
          state_->apply(event, recorded);
        }
      },
      recorded.event);
}

void WebhookView::save(std::string& out) const {
  ByteWriter writer(out);
  writer(static_cast<std::uint64_t>(state_->hooks.size()));
  for (const auto& hook : state_->hooks) writer(*hook);
}

void WebhookView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  std::uint64_t count = 0;
  reader(count);
  for (std::uint64_t index = 0; index < count; ++index) {
    WebhookDetails hook;
    reader(hook);
    loaded->hooks.push_back(std::make_shared<const WebhookDetails>(std::move(hook)));
  }
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
