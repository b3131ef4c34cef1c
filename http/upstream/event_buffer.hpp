#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orrery {

/// Server-sent events on their way from a server to a client, at most so many bytes of them. Gives
/// whole events only, so that what breaks breaks between two of them; but where one is larger than
/// the buffer, it is given in parts.
class EventBuffer {
 public:
  explicit EventBuffer(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  std::size_t room() const { return bytes_max_ - held_.size(); }
  /// At most `room()` bytes.
  void append(std::string_view bytes);

  /// Nothing follows: the rest is given as it is.
  void end();
  /// Nothing follows but `event`: what is incomplete is dropped.
  void fail(std::string_view event);

  /// Moves what can be sent to the end of `out`; false where there is nothing.
  bool take(std::string& out);
  /// Whether nothing follows any more, and all has been taken.
  bool is_exhausted() const { return is_over_ && held_.empty(); }
  /// Whether what has been taken ends with a whole event.
  bool is_between_events() const { return !is_cut_; }

 private:
  void see(char byte, std::size_t offset);

  std::size_t bytes_max_;
  std::string held_;
  /// End of the last complete event.
  std::size_t whole_size_ = 0;
  bool line_is_empty_ = true, after_return_ = false, event_is_over_ = false;
  bool is_over_ = false;
  /// Part of an event has been given without its end.
  bool is_cut_ = false;
};

}  // namespace orrery
