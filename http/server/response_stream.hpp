#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace orrery {

/// A body that goes on: a feed of events, a watch. The session pulls whenever the client can take
/// more, so back-pressure needs no queue: a slow client is pulled for less often, and what to send
/// next is the stream's own cursor to know.
class ResponseStream {
 public:
  enum class Next {
    /// Bytes were appended; pull again once they are sent.
    more,
    /// Nothing now: pull again after `wake()`.
    wait,
    /// The body is complete (together with what was appended).
    end,
  };

  virtual ~ResponseStream() = default;

  /// Appends the next bytes to `out`, some 64 KiB at most. On the session's thread; don't block.
  virtual Next pull(std::string& out) = 0;

  /// What to send when nothing was sent for `Limits::stream_quiet_max`, so that dead connections
  /// are noticed and proxies keep them open; such as a comment line. Empty: nothing.
  virtual std::string_view keep_alive() const { return {}; }

  /// There may be something to pull. Any thread, any number of times. May come before a pull that
  /// is under way has returned `wait`: it is not lost.
  void wake();

  /// The session's: sets what `wake` does; an empty function once the connection is gone.
  void attach(std::function<void()> waker);

 private:
  std::mutex mutex_;
  std::function<void()> waker_;
};

}  // namespace orrery
