#include "http/webhooks/webhook_delivery.hpp"

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "events/stream_name.hpp"
#include "http/webhooks/webhook_round.hpp"

namespace orrery {

class WebhookDelivery::Impl {
 public:
  Impl(Parts parts, WebhookDeliverySettings settings)
      : parts_(std::move(parts)), settings_(std::move(settings)), told_(parts_.log->head()) {}

  ~Impl() { close(); }

  void on_commit(const CommittedBatch& batch) {
    for (const auto& recorded : *batch)
      if (stream_aggregate(recorded.stream) == "webhook") is_changed_ = true;
    told_ = batch->back().position;
    if (has_webhooks_ || is_changed_) wake();
  }

  void open(CommandGateway& gateway) {
    round_.emplace(parts_, settings_, gateway, board_,
                   [this](WebhookRound::Decided decided) { report(std::move(decided)); });
    thread_ = std::jthread([this](const std::stop_token& stopping) { run(stopping); });
  }

  void close() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    round_->transfers().wake();
    thread_.join();
    const std::scoped_lock lock(mutex_);
    is_open_ = false;
    round_.reset();
    for (auto& asked : asked_) asked.done({0, "the server is stopping", {}});
    asked_.clear();
  }

  std::optional<WebhookProgress> progress(std::string_view id) {
    const std::scoped_lock lock(board_.mutex);
    const auto found = board_.progress.find(id);
    return found == board_.progress.end() ? std::nullopt : std::optional(found->second);
  }

  const std::string& source() const { return settings_.source; }

  WebhookFigures figures() const {
    return {board_.delivered, board_.failed, board_.dead_letters, board_.failing,
            board_.behind_max};
  }

  void redeliver(std::string id, Position position,
                 std::function<void(const WebhookAnswer&)> done) {
    {
      const std::scoped_lock lock(mutex_);
      if (is_open_) {
        asked_.push_back({std::move(id), position, std::move(done)});
        round_->transfers().wake();
        return;
      }
    }
    done({0, "the server is stopping", {}});
  }

 private:
  struct Asked {
    std::string webhook_id;
    Position position = 0;
    std::function<void(const WebhookAnswer&)> done;
  };

  /// The log's thread mostly finds the flag down: whoever works looks again before he rests.
  void wake() {
    if (!is_resting_.exchange(false)) return;
    const std::scoped_lock lock(mutex_);
    if (is_open_) round_->transfers().wake();
  }

  void report(WebhookRound::Decided decided) {
    const std::scoped_lock lock(mutex_);
    if (!is_open_) return;
    decided_.push_back(std::move(decided));
    round_->transfers().wake();
  }

  void run(const std::stop_token& stopping) {
    {
      const std::scoped_lock lock(mutex_);
      is_open_ = true;
    }
    is_changed_ = true;
    while (!stopping.stop_requested()) {
      take_messages();
      // Before the head is read: what is committed from now on wakes us.
      is_resting_ = true;
      if (is_changed_.exchange(false)) {
        round_->refresh();
        has_webhooks_ = !round_->is_empty();
      }
      const auto wait = round_->turn(told_);
      round_->transfers().wait(wait);
    }
  }

  void take_messages() {
    std::vector<WebhookRound::Decided> decided;
    std::vector<Asked> asked;
    {
      const std::scoped_lock lock(mutex_);
      decided.swap(decided_);
      asked.swap(asked_);
    }
    for (const auto& each : decided) round_->take(each);
    for (auto& each : asked)
      round_->redeliver(each.webhook_id, each.position, std::move(each.done));
  }

  const Parts parts_;
  const WebhookDeliverySettings settings_;
  WebhookBoard board_;
  std::atomic<Position> told_;
  std::atomic<bool> is_changed_{false}, has_webhooks_{false}, is_resting_{false};
  std::mutex mutex_;
  bool is_open_ = false;
  std::vector<WebhookRound::Decided> decided_;
  std::vector<Asked> asked_;
  std::optional<WebhookRound> round_;
  /// The last, so that it ends before what it uses goes.
  std::jthread thread_;
};

WebhookDelivery::WebhookDelivery(Parts parts, WebhookDeliverySettings settings)
    : impl_(std::make_unique<Impl>(std::move(parts), std::move(settings))) {}

WebhookDelivery::~WebhookDelivery() = default;

void WebhookDelivery::on_commit(const CommittedBatch& batch) { impl_->on_commit(batch); }
const std::string& WebhookDelivery::source() const { return impl_->source(); }
void WebhookDelivery::open(CommandGateway& gateway) { impl_->open(gateway); }
void WebhookDelivery::close() { impl_->close(); }

std::optional<WebhookProgress> WebhookDelivery::progress(std::string_view webhook_id) const {
  return impl_->progress(webhook_id);
}

WebhookFigures WebhookDelivery::figures() const { return impl_->figures(); }

void WebhookDelivery::redeliver(std::string webhook_id, Position position,
                                std::function<void(const WebhookAnswer&)> done) {
  impl_->redeliver(std::move(webhook_id), position, std::move(done));
}

std::string WebhookDelivery::secret_subject(std::string_view webhook_id) {
  return std::string("webhook-").append(webhook_id);
}

}  // namespace orrery
