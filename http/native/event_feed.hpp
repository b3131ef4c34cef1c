#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "http/server/response_stream.hpp"
#include "storage/event_log.hpp"

namespace orrery {

/// Which events a reader of the feed wants. Empty fields want all.
struct FeedFilter {
  /// Name of one stream, such as "vm/<id>".
  std::string stream;
  /// Name of an event type, such as "vm.started".
  std::string type;
};

/// Tells waiting readers that the log has grown, and keeps the last batches at hand for them.
///
/// Each reader is a cursor: it takes what follows from the recent batches while it is close behind
/// the head, else from the log. So a reader that is slow, or comes back after a week, sees every
/// event once and in order, and costs no memory for being behind.
class EventFeed : public CommitListener {
 public:
  explicit EventFeed(const EventLog& log) : log_(log) {}

  /// On the log actor's thread.
  void on_commit(const CommittedBatch& batch) override;

  /// A stream of server-sent events with the events after `after`: `id` is the position, `event`
  /// the type, `data` the event as JSON. It never ends by itself. Any thread.
  std::shared_ptr<ResponseStream> open(Position after, FeedFilter filter);

 private:
  friend class FeedStream;
  /// Batches that hold the positions from `position` on, or empty where they are no longer at hand.
  std::vector<CommittedBatch> recent_from(Position position) const;

  const EventLog& log_;
  mutable std::mutex mutex_;
  std::deque<CommittedBatch> recent_;
  std::size_t recent_event_count_ = 0;
  std::vector<std::weak_ptr<ResponseStream>> readers_;
};

}  // namespace orrery
