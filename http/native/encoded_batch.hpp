#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "storage/event_log.hpp"

namespace orrery {

/// Successive events as the feed sends them: each is encoded once, by the first reader who wants
/// it, and all others copy its bytes. Any thread.
class EncodedBatch {
 public:
  /// Not empty.
  explicit EncodedBatch(CommittedBatch events)
      : events_(std::move(events)), texts_(std::make_unique<Text[]>(events_->size())) {}

  const std::vector<RecordedEvent>& events() const { return *events_; }
  Position first() const { return events_->front().position; }
  Position last() const { return events_->back().position; }
  /// Of the event at this index.
  const std::string& text(std::size_t index) const;

 private:
  struct Text {
    std::once_flag once;
    std::string bytes;
  };
  CommittedBatch events_;
  std::unique_ptr<Text[]> texts_;
};

/// An event as a server-sent one: `id` is its position.
void append_server_sent(std::string& out, const RecordedEvent& recorded);

/// What readers that are far behind read from the log: blocks of events, the last few of which are
/// kept for those who come to the same place a little later. Any thread.
class EncodedHistory {
 public:
  static constexpr std::size_t block_event_count = 512;
  /// Some 10 MB.
  static constexpr std::size_t block_count_max = 16;

  explicit EncodedHistory(const EventLog& log) : log_(log) {}

  /// The block that holds the position; null where it isn't complete by `head`, or can't be read.
  std::shared_ptr<const EncodedBatch> block_with(Position position, Position head);

 private:
  struct Block {
    Position first = 0;
    std::once_flag once;
    std::shared_ptr<const EncodedBatch> events;
  };

  std::shared_ptr<Block> find_or_begin(Position first);
  void fill(Block& block) const;

  const EventLog& log_;
  std::mutex mutex_;
  /// Those that were asked for lately at the end.
  std::deque<std::shared_ptr<Block>> blocks_;
};

}  // namespace orrery
