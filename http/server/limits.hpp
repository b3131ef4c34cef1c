#pragma once

#include <chrono>
#include <cstddef>

namespace orrery {

/// Everything at the edge has a limit, and all of them stand here. Sizes are in bytes.
struct Limits {
  /// Request line and headers. Browsers and SDKs stay below 8 KiB even with large cookies. → 431
  std::size_t head_bytes_max = 16 * 1024;
  /// The request target alone. Longer ones are attacks or mistakes; proxies stop at 8 KiB. → 414
  std::size_t target_bytes_max = 8 * 1024;
  /// Bounds the work on a head. → 431
  std::size_t header_count_max = 100;
  /// The largest documented body (a start-up script inside a create) fits ten times. → 413
  std::size_t body_bytes_max = 1024 * 1024;
  /// Requests in the memory of all threads together: 10,000 clients with a body of 1 MiB each must
  /// not take the machine down. Bodies that would need more are refused. → 503
  std::size_t request_bytes_total_max = 512 * 1024 * 1024;
  /// The size line of one chunk with its extensions, or all trailers together. Nobody needs either.
  /// → 400
  std::size_t chunk_framing_bytes_max = 16 * 1024;
  /// Answers gathered into one write. More pipelined requests wait in the kernel's buffer, so one
  /// client can't hold the thread or fill our memory.
  std::size_t pipelined_answers_max = 64;
  /// Bytes gathered into one write, for the same reason. One answer may be larger.
  std::size_t pipelined_bytes_max = 256 * 1024;
  /// All threads together. A connection costs 8 KiB for its buffer and 1 KiB for its state. → 503
  std::size_t connection_count_max = 10'000;
  /// Connections beyond the limit that are told so with a 503; the rest is closed at once.
  std::size_t refused_connection_count_max = 64;
  /// Connections waiting in the kernel for `accept`, for bursts of clients that start together.
  int accept_backlog = 4096;

  /// From the first byte of a request to the end of its head. Against clients that drip. → 408
  std::chrono::milliseconds head_timeout{10'000};
  /// From the end of the head to the end of the body: 1 MiB over a poor mobile link. → 408
  std::chrono::milliseconds body_timeout{30'000};
  /// A kept-alive connection without a request. Above the 60 s that pools of clients keep theirs.
  std::chrono::milliseconds idle_timeout{75'000};
  /// A handler without an answer: the control plane hangs. Far above a slow commit. → 503
  std::chrono::milliseconds answer_timeout{60'000};
  /// The same on routes where somebody else works on the answer, such as a model on a long text.
  /// As long as the clients of such servers wait. → 503
  std::chrono::milliseconds long_answer_timeout{600'000};
  /// A write that makes no progress: the client doesn't read. The connection is closed.
  std::chrono::milliseconds write_timeout{30'000};
  /// After a closing answer: how long to read on, so that the client gets the answer, not a reset.
  std::chrono::milliseconds linger_timeout{2'000};
  /// A stream that sends nothing for so long sends its keep-alive; below the 30 to 60 s after which
  /// proxies cut.
  std::chrono::milliseconds stream_quiet_max{15'000};
  /// How long `HttpServer::drain` waits for what is in flight.
  std::chrono::milliseconds drain_timeout{10'000};
};

}  // namespace orrery
