#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "events/envelope.hpp"

namespace orrery {

/// How patient deliveries are.
struct WebhookPatience {
  /// After so many an event is a dead letter.
  std::uint32_t attempt_count_max = 10;
  /// Before the second attempt; it doubles with each. Each is shortened by up to a half at random,
  /// so that a receiver that comes back isn't met by everybody at once.
  std::chrono::milliseconds pause_first{1'000};
  std::chrono::milliseconds pause_max{600'000};
  /// The most that a receiver's `Retry-After` is obeyed.
  std::chrono::milliseconds retry_after_max{3'600'000};
};

/// What became of one attempt.
struct WebhookAnswer {
  /// 0 where there was none.
  std::uint32_t status = 0;
  /// A sentence where there was none.
  std::string failure;
  /// 0 where it asks for nothing.
  std::chrono::seconds retry_after{0};

  bool is_taken() const { return status >= 200 && status < 300; }
};

/// One webhook's deliveries: which events are due, and what an answer means. They go in order, one
/// request at a time, and the next only when the one before was taken or given up. Pure: knows
/// neither a socket nor a clock nor chance.
class WebhookCourier {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  enum class Next : std::uint8_t {
    /// The cursor has advanced: what follows is due.
    go_on,
    /// The same again, later.
    wait,
    /// The event after the cursor is to be a dead letter; then `give_up`.
    bury,
    /// Nobody is there any more: the webhook is to be paused.
    pause,
  };

  /// `after`: the last position that needn't be sent.
  WebhookCourier(Position after, WebhookPatience patience) : cursor_(after), patience_(patience) {}

  Position cursor() const { return cursor_; }
  std::uint32_t attempt_count() const { return attempt_count_; }
  const WebhookAnswer& last_answer() const { return last_answer_; }
  Instant due_at() const { return due_at_; }
  /// Whether something can be sent: nothing is on its way, and the pause is over.
  bool is_due(Instant now) const { return !is_busy_ && now >= due_at_; }
  bool is_busy() const { return is_busy_; }

  /// How many events may go together: of those that failed before each goes by itself, so that one
  /// that is refused holds up no other.
  std::uint32_t count_max(std::uint32_t batch_count) const {
    return attempt_count_ == 0 && batch_count > 0 ? batch_count : 1;
  }

  /// Nothing up to `position` is wanted.
  void skip_to(Position position) { cursor_ = position; }
  /// The wanted events up to `last` are on their way.
  void begin(Position last);
  /// What follows from the answer. `chance` is in [0, 1).
  Next end(WebhookAnswer answer, Instant now, double chance);

  /// The event at `position` is a dead letter for good: the cursor goes on.
  void give_up(Position position);
  /// Something else than the receiver fails (the log takes nothing): the same again after a pause.
  void postpone(Instant until);
  /// Somebody says that it will work now.
  void restart();

 private:
  std::chrono::milliseconds pause(double chance) const;

  Position cursor_;
  WebhookPatience patience_;
  Position last_on_its_way_ = 0;
  std::uint32_t attempt_count_ = 0;
  WebhookAnswer last_answer_;
  Instant due_at_{};
  bool is_busy_ = false;
};

}  // namespace orrery
