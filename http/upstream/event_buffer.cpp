#include "http/upstream/event_buffer.hpp"

#include <algorithm>

namespace orrery {

void EventBuffer::append(std::string_view bytes) {
  if (is_over_) return;
  const auto size = std::min(bytes.size(), room());
  for (std::size_t i = 0; i < size; ++i) see(bytes[i], held_.size() + i);
  held_.append(bytes.substr(0, size));
}

/// Lines end with LF, CR or both; an empty one ends an event.
void EventBuffer::see(char byte, std::size_t offset) {
  if (byte == '\n' && after_return_) {
    if (event_is_over_) whole_size_ = offset + 1;
    after_return_ = false;
    return;
  }
  after_return_ = byte == '\r';
  const bool ends_line = byte == '\n' || byte == '\r';
  event_is_over_ = ends_line && line_is_empty_;
  if (event_is_over_) whole_size_ = offset + 1;
  line_is_empty_ = ends_line;
}

void EventBuffer::end() {
  is_over_ = true;
  whole_size_ = held_.size();
}

void EventBuffer::fail(std::string_view event) {
  if (is_over_) return;
  held_.resize(whole_size_);
  // Where the client has a part of an event, two line ends make it a broken one of its own.
  if (is_cut_ && held_.empty() && !event.empty()) held_.append("\n\n");
  held_.append(event);
  end();
}

bool EventBuffer::take(std::string& out) {
  const bool is_full = held_.size() == bytes_max_ && whole_size_ == 0;
  const auto size = is_full ? held_.size() : whole_size_;
  if (size == 0) return false;
  out.append(held_, 0, size);
  held_.erase(0, size);
  whole_size_ = 0;
  is_cut_ = is_full;
  return true;
}

}  // namespace orrery
