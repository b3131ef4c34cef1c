#include "http/upstream/upstream_stream.hpp"

#include <utility>

namespace orrery {

ResponseStream::Next UpstreamStream::pull(std::string& out) {
  bool has_taken = false, is_exhausted = false, wakes_feeder = false;
  {
    const std::scoped_lock lock(mutex_);
    has_taken = buffer_.take(out);
    is_exhausted = buffer_.is_exhausted();
    if (buffer_.room() > 0) wakes_feeder = std::exchange(feeder_waits_, false);
  }
  if (wakes_feeder) notices_.on_room();
  if (is_exhausted) return Next::end;
  return has_taken ? Next::more : Next::wait;
}

std::string_view UpstreamStream::keep_alive() const {
  const std::scoped_lock lock(mutex_);
  return buffer_.is_between_events() ? ": still here\n\n" : "";
}

std::size_t UpstreamStream::room() {
  const std::scoped_lock lock(mutex_);
  const auto room = buffer_.room();
  feeder_waits_ = room == 0;
  return room;
}

void UpstreamStream::append(std::string_view bytes) {
  {
    const std::scoped_lock lock(mutex_);
    buffer_.append(bytes);
  }
  wake();
}

void UpstreamStream::end() {
  {
    const std::scoped_lock lock(mutex_);
    buffer_.end();
  }
  wake();
}

void UpstreamStream::fail(std::string_view event) {
  {
    const std::scoped_lock lock(mutex_);
    buffer_.fail(event);
  }
  wake();
}

}  // namespace orrery
