#include "http/native/event_feed.hpp"

#include <algorithm>
#include <charconv>

#include <boost/json/serialize.hpp>

#include "events/event_json.hpp"

namespace orrery {

namespace {

/// What one pull gives at most, give or take an event.
constexpr std::size_t pull_bytes_max = 64 * 1024;
/// Events that one pull looks at, wanted or not: a reader that wants few must not hold its thread.
constexpr std::size_t pull_events_max = 4096;

void append_event(std::string& out, const RecordedEvent& recorded) {
  out.append("id: ").append(std::to_string(recorded.position));
  out.append("\nevent: ").append(name_of(recorded.event));
  out.append("\ndata: ").append(boost::json::serialize(to_json(recorded))).append("\n\n");
}

}  // namespace

bool FeedFilter::wants(std::string_view event_stream, std::uint16_t tag) const {
  if (!stream.empty() && stream != event_stream) return false;
  if (type.empty()) return true;
  const auto found = std::find(Events::names.begin(), Events::names.end(), type);
  return Events::tags[static_cast<std::size_t>(found - Events::names.begin())] == tag;
}

/// One reader: a cursor and a filter.
class FeedStream : public ResponseStream {
 public:
  FeedStream(EventFeed& feed, Position after, FeedFilter filter)
      : feed_(feed), seen_(after), filter_(std::move(filter)) {}

  Next pull(std::string& out) override {
    if (!greeted_) {
      // Proxies and clients see at once that the stream stands.
      out.append("retry: 1000\n\n");
      greeted_ = true;
    }
    if (const auto batch = feed_.recent_with(seen_ + 1)) {
      take_batch(*batch, out);
      return Next::more;
    }
    if (seen_ >= feed_.told()) return Next::wait;
    return take_from_log(out) ? Next::more : Next::end;
  }

  std::string_view keep_alive() const override { return ": still here\n\n"; }

 private:
  void take_batch(const std::vector<RecordedEvent>& batch, std::string& out) {
    for (const auto& recorded : batch) {
      if (recorded.position <= seen_) continue;
      if (out.size() >= pull_bytes_max) return;
      if (filter_.wants(recorded.stream, tag_of(recorded.event))) append_event(out, recorded);
      seen_ = recorded.position;
    }
  }

  bool take_from_log(std::string& out) {
    std::size_t looked_at = 0;
    const auto read = feed_.log_.read(seen_ + 1, feed_.told(), [&](const StoredEvent& stored) {
      if (filter_.wants(stored.stream, stored.tag)) append_event(out, record(stored));
      seen_ = stored.position;
      return ++looked_at < pull_events_max && out.size() < pull_bytes_max;
    });
    return read.has_value();
  }

  EventFeed& feed_;
  Position seen_;
  FeedFilter filter_;
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
  recent_.push_back(batch);
  recent_event_count_ += batch->size();
  while (recent_event_count_ > recent_event_count_max && recent_.size() > 1) {
    recent_event_count_ -= recent_.front()->size();
    recent_.pop_front();
  }
  for (const auto& reader : readers_)
    if (const auto alive = reader.lock()) alive->wake();
}

std::shared_ptr<ResponseStream> EventFeed::open(Position after, FeedFilter filter) {
  auto stream = std::make_shared<FeedStream>(*this, after, std::move(filter));
  const std::scoped_lock lock(mutex_);
  readers_.push_back(stream);
  return stream;
}

CommittedBatch EventFeed::recent_with(Position position) const {
  const std::scoped_lock lock(mutex_);
  const auto found = std::partition_point(
      recent_.begin(), recent_.end(),
      [&](const CommittedBatch& batch) { return batch->back().position < position; });
  if (found == recent_.end() || (*found)->front().position > position) return nullptr;
  return *found;
}

}  // namespace orrery
