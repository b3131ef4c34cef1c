#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include <boost/system/result.hpp>

#include "http/upstream/upstream_limits.hpp"
#include "http/upstream/upstream_message.hpp"
#include "http/upstream/upstream_target.hpp"

namespace orrery {

using UpstreamResult = boost::system::result<UpstreamAnswer, UpstreamFault>;

/// What an `UpstreamClient` is doing now.
struct UpstreamFigures {
  std::size_t connection_count = 0;
  std::size_t idle_connection_count = 0;
  /// Streams that are still fed.
  std::size_t stream_count = 0;
};

/// Asks HTTP/1.1 servers that we don't trust, on a thread of its own. Connections are kept open and
/// used again by later requests to the same target.
///
/// A body of server-sent events becomes a stream with a bounded buffer: while its reader is slow
/// the server isn't read from, and when the reader lets go of it the connection is closed. Any
/// other body is taken as a whole, up to a limit.
class UpstreamClient {
 public:
  using Done = std::function<void(UpstreamResult)>;

  explicit UpstreamClient(UpstreamLimits limits = {});
  /// Gives up what is under way (each `Done` is told `cancelled`) and joins the thread.
  ~UpstreamClient();
  UpstreamClient(const UpstreamClient&) = delete;
  UpstreamClient& operator=(const UpstreamClient&) = delete;

  /// Any thread. `done` is called once, on the client's thread: it must not block. It comes with
  /// the whole answer, or with the head and a stream.
  void ask(UpstreamTarget target, UpstreamRequest request, Done done);

  /// Any thread.
  UpstreamFigures figures() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace orrery
