#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "http/native/encoded_batch.hpp"
#include "http/native/event_selection.hpp"
#include "http/server/response_stream.hpp"
#include "projections/tenants/tenant_lookup.hpp"
#include "storage/event_log.hpp"

namespace orrery {

/// Tells waiting readers that the log has grown, and keeps the last batches at hand for them.
///
/// Each reader is a cursor: it takes what follows from the recent batches while it is close behind
/// the head, else from the log. So a reader that is slow, or comes back after a week, sees every
/// event once and in order, and costs no memory for being behind. Who wants all events shares what
/// is read and encoded with those who are near him.
class EventFeed : public CommitListener {
 public:
  /// Events kept at hand; a reader that is further behind reads from the log.
  static constexpr std::size_t recent_event_count_max = 8 * 1024;

  explicit EventFeed(const EventLog& log)
      : log_(log), tenants_(log), history_(log), told_(log.head()) {}

  /// On the log actor's thread.
  void on_commit(const CommittedBatch& batch) override;

  /// A stream of server-sent events with the events after `after` that the filter wants: `id` is
  /// the position, `event` the type, `data` the event as JSON. It never ends by itself, unless the
  /// log is damaged. Any thread.
  std::shared_ptr<ResponseStream> open(Position after, WebhookFilter filter);

  /// A filter made quick. Any thread.
  EventSelection select(WebhookFilter filter) { return {std::move(filter), &tenants_}; }

  /// Last position that may be shown: every listener before this one has it, so nobody sees an
  /// event before the views have applied it. Any thread.
  Position told() const { return told_.load(std::memory_order_acquire); }

  /// Commits and events seen since the start of the process. Any thread.
  std::uint64_t commit_count() const { return commit_count_.load(std::memory_order_relaxed); }
  std::uint64_t event_count() const { return event_count_.load(std::memory_order_relaxed); }

 private:
  friend class FeedStream;
  using Recent = std::shared_ptr<const EncodedBatch>;

  /// The batch that holds the position, or null where it is not at hand.
  Recent recent_with(Position position) const;

  const EventLog& log_;
  TenantLookup tenants_;
  EncodedHistory history_;
  std::atomic<Position> told_;
  std::atomic<std::uint64_t> commit_count_{0}, event_count_{0};
  mutable std::mutex mutex_;
  std::deque<Recent> recent_;
  std::size_t recent_event_count_ = 0;
  std::vector<std::weak_ptr<ResponseStream>> readers_;
};

}  // namespace orrery
