#include "http/native/event_feed.hpp"

#include <algorithm>

namespace orrery {

namespace {

/// What one pull gives at most, give or take an event.
constexpr std::size_t pull_bytes_max = 64 * 1024;
/// Events that one pull looks at, wanted or not: a reader that wants few must not hold its thread.
constexpr std::size_t pull_events_max = 4096;
/// For how many others an event counts whose tenant may have to be looked up.
constexpr std::size_t lookup_events = 32;

}  // namespace

/// One reader: a cursor and what it wants.
class FeedStream : public ResponseStream {
 public:
  FeedStream(EventFeed& feed, Position after, EventSelection selection)
      : feed_(feed), seen_(after), selection_(std::move(selection)) {}

  Next pull(std::string& out) override {
    if (!greeted_) {
      // Proxies and clients see at once that the stream stands.
      out.append("retry: 1000\n\n");
      greeted_ = true;
    }
    looked_at_ = 0;
    while (!is_full(out)) {
      if (const auto batch = next_batch())
        take_batch(*batch, out);
      else if (seen_ >= feed_.told())
        return out.empty() ? Next::wait : Next::more;
      else if (!take_from_log(out))
        return Next::end;
    }
    return Next::more;
  }

  std::string_view keep_alive() const override { return ": still here\n\n"; }

 private:
  bool is_full(const std::string& out) const {
    return out.size() >= pull_bytes_max || looked_at_ >= pull_events_max;
  }
  void count() { looked_at_ += selection_.needs_tenants() ? lookup_events : 1; }

  /// What follows, where it is at hand or others want it too; else null.
  std::shared_ptr<const EncodedBatch> next_batch() {
    if (auto recent = feed_.recent_with(seen_ + 1)) return recent;
    // Of few events that are wanted the others needn't be decoded.
    if (!selection_.wants_all()) return nullptr;
    return feed_.history_.block_with(seen_ + 1, feed_.told());
  }

  void take_batch(const EncodedBatch& batch, std::string& out) {
    const auto& events = batch.events();
    for (auto index = seen_ + 1 - batch.first(); index < events.size(); ++index) {
      if (is_full(out)) return;
      if (selection_.wants(events[index])) out.append(batch.text(index));
      seen_ = events[index].position;
      count();
    }
  }

  bool take_from_log(std::string& out) {
    const auto read = feed_.log_.read(seen_ + 1, feed_.told(), [&](const StoredEvent& stored) {
      if (selection_.may_want(stored.stream, stored.tag)) {
        record(stored, recorded_);
        if (selection_.wants(recorded_)) append_server_sent(out, recorded_);
      }
      seen_ = stored.position;
      count();
      return !is_full(out);
    });
    return read.has_value();
  }

  EventFeed& feed_;
  Position seen_;
  EventSelection selection_;
  std::size_t looked_at_ = 0;
  RecordedEvent recorded_;
  bool greeted_ = false;
};

void EventFeed::on_commit(const CommittedBatch& batch) {
  commit_count_.fetch_add(1, std::memory_order_relaxed);
  event_count_.fetch_add(batch->size(), std::memory_order_relaxed);
  told_.store(batch->back().position, std::memory_order_release);
  const std::scoped_lock lock(mutex_);
  std::erase_if(readers_, [](const auto& reader) { return reader.expired(); });
  if (readers_.empty()) {
    recent_.clear();
    recent_event_count_ = 0;
    return;
  }
  recent_.push_back(std::make_shared<const EncodedBatch>(batch));
  recent_event_count_ += batch->size();
  while (recent_event_count_ > recent_event_count_max && recent_.size() > 1) {
    recent_event_count_ -= recent_.front()->events().size();
    recent_.pop_front();
  }
  for (const auto& reader : readers_)
    if (const auto alive = reader.lock()) alive->wake();
}

std::shared_ptr<ResponseStream> EventFeed::open(Position after, WebhookFilter filter) {
  auto stream = std::make_shared<FeedStream>(*this, after, select(std::move(filter)));
  const std::scoped_lock lock(mutex_);
  readers_.push_back(stream);
  return stream;
}

EventFeed::Recent EventFeed::recent_with(Position position) const {
  const std::scoped_lock lock(mutex_);
  const auto found = std::partition_point(recent_.begin(), recent_.end(), [&](const Recent& batch) {
    return batch->events().back().position < position;
  });
  if (found == recent_.end() || (*found)->first() > position) return nullptr;
  return *found;
}

}  // namespace orrery
