#pragma once

#include <chrono>
#include <cstddef>

namespace orrery {

/// Everything that a server we ask may cost us has a limit, and all of them stand here. Sizes are
/// in bytes. Whoever goes beyond one has its connection closed.
struct UpstreamLimits {
  /// Status line and headers. Model servers send some 300 bytes.
  std::size_t head_bytes_max = 16 * 1024;
  /// A body that is taken as a whole. A completion with probabilities for each of thousands of
  /// tokens stays below.
  std::size_t body_bytes_max = 8 * 1024 * 1024;
  /// Of all answers being taken as a whole: 500 servers with 8 MiB each must not take the machine
  /// down.
  std::size_t body_bytes_total_max = 256 * 1024 * 1024;
  /// Bytes of one stream that the client hasn't taken yet; while there are as many, nothing more is
  /// read from the server.
  std::size_t stream_buffer_bytes_max = 64 * 1024;
  /// Answers "1xx" before the real one.
  unsigned interim_answers_max = 4;

  /// All servers together; each costs a descriptor and a buffer.
  std::size_t connection_count_max = 4096;
  /// To one server. As many requests as a model server may batch.
  std::size_t connection_count_per_target_max = 1024;
  /// Kept open without a request, for each server.
  std::size_t idle_connection_count_per_target_max = 32;

  /// Names are resolved and connections made: servers are near.
  std::chrono::milliseconds connect_timeout{3'000};
  /// From the request's last byte to the answer's first: a whole answer of a slow model comes then.
  std::chrono::milliseconds first_byte_timeout{590'000};
  /// From the first byte of the head to its last.
  std::chrono::milliseconds head_timeout{10'000};
  /// Between two pieces of a body; one that waits for its client isn't counted.
  std::chrono::milliseconds quiet_timeout{120'000};
  /// An answer as a whole; a little less than `Limits::long_answer_timeout`.
  std::chrono::milliseconds total_timeout{595'000};
  /// A stream as a whole.
  std::chrono::milliseconds stream_timeout{3'600'000};
  /// A connection without a request. Below the 5 s after which common model servers close theirs.
  std::chrono::milliseconds idle_timeout{4'000};
};

}  // namespace orrery
