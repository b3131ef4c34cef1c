#include "http/webhooks/webhook_courier.hpp"

#include <algorithm>
#include <utility>

namespace orrery {

namespace {

/// The receiver says that it is gone for good.
constexpr std::uint32_t status_gone = 410;

}  // namespace

void WebhookCourier::begin(Position last) {
  last_on_its_way_ = last;
  is_busy_ = true;
}

WebhookCourier::Next WebhookCourier::end(WebhookAnswer answer, Instant now, double chance) {
  is_busy_ = false;
  last_answer_ = std::move(answer);
  if (last_answer_.is_taken()) {
    cursor_ = last_on_its_way_;
    attempt_count_ = 0;
    return Next::go_on;
  }
  ++attempt_count_;
  if (last_answer_.status == status_gone) {
    is_busy_ = true;  // Until the log has it.
    return Next::pause;
  }
  if (attempt_count_ >= patience_.attempt_count_max) {
    is_busy_ = true;
    return Next::bury;
  }
  const auto asked = std::min<std::chrono::milliseconds>(
      std::max(last_answer_.retry_after, std::chrono::seconds(0)), patience_.retry_after_max);
  due_at_ = now + std::max(pause(chance), asked);
  return Next::wait;
}

std::chrono::milliseconds WebhookCourier::pause(double chance) const {
  const auto doublings = std::min(attempt_count_ - 1, 30u);
  const auto longest = std::min<double>(
      static_cast<double>(patience_.pause_first.count()) * static_cast<double>(1u << doublings),
      static_cast<double>(patience_.pause_max.count()));
  return std::chrono::milliseconds(static_cast<std::int64_t>(longest * (1 - chance / 2)));
}

void WebhookCourier::give_up(Position position) {
  cursor_ = position;
  restart();
}

void WebhookCourier::postpone(Instant until) {
  is_busy_ = false;
  due_at_ = until;
}

void WebhookCourier::restart() {
  attempt_count_ = 0;
  due_at_ = {};
  is_busy_ = false;
}

}  // namespace orrery
