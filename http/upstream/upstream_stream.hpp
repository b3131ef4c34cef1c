#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "http/server/response_stream.hpp"
#include "http/upstream/event_buffer.hpp"

namespace orrery {

/// The events of one server on their way to one client: fed on the upstream client's thread, pulled
/// on a session's. Whoever feeds it holds it weakly, so that it goes with its session.
class UpstreamStream : public ResponseStream {
 public:
  struct Notices {
    /// There is room again after `room()` was 0. Any thread.
    std::function<void()> on_room;
    /// Nobody reads it any more. Any thread.
    std::function<void()> on_gone;
  };

  UpstreamStream(std::size_t bytes_max, Notices notices)
      : buffer_(bytes_max), notices_(std::move(notices)) {}
  ~UpstreamStream() override { notices_.on_gone(); }

  Next pull(std::string& out) override;
  std::string_view keep_alive() const override;

  /// How much may be appended. At 0 the feeder waits for `on_room`.
  std::size_t room();
  void append(std::string_view bytes);
  void end();
  /// The server has failed; `event` tells the client, unless it is empty.
  void fail(std::string_view event);

 private:
  mutable std::mutex mutex_;
  EventBuffer buffer_;
  bool feeder_waits_ = false;
  Notices notices_;
};

}  // namespace orrery
