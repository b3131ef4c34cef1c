#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "http/server/framing_gate.hpp"
#include "http/server/limits.hpp"
#include "http/server/message.hpp"

namespace orrery {

/// Bytes that the readers of one server hold together. Readers may outlive the server.
using RequestMemory = std::atomic<std::size_t>;

/// Cuts the bytes of a connection into requests. Knows no socket: bytes are put into `space()`,
/// announced by `received`, and looked at by `advance`. One buffer holds the request and whatever
/// was pipelined behind it; it grows with what has come, never with what was announced.
class RequestReader {
 public:
  enum class State {
    /// Nothing of a next request has come.
    idle,
    head,
    body,
    /// `request()` is complete. It stays where it is until `next()`.
    ready,
    /// `fault()` says why; the connection can't go on. `request()` is as far as it was understood.
    broken,
  };

  RequestReader(const Limits& limits, std::shared_ptr<RequestMemory> memory);
  ~RequestReader();

  /// Whether a request, of which the head is there, wants its body piece by piece. Asked of those
  /// whose body may be longer than `short_body_bytes_max`.
  using StreamsBody = std::function<bool(const Request&)>;
  void stream_bodies(StreamsBody streams_body) { streams_body_ = std::move(streams_body); }
  static constexpr std::size_t short_body_bytes_max = 64 * 1024;

  /// Where the next bytes of the connection go; never empty. Not in state `ready`, unless the body
  /// is still to come.
  std::span<char> space();
  void received(std::size_t size) { end_ += size; }

  State advance();
  State state() const { return state_; }

  Request& request() { return request_; }
  const Fault& fault() const { return fault_; }
  bool http_1_0() const { return http_1_0_; }
  /// Whether the client lets the connection stay open.
  bool keep_alive() const { return keep_alive_; }
  /// The request is `ready`, and its body comes in pieces.
  bool is_streaming() const { return streaming_; }
  struct Arrived {
    /// Valid until `drop_arrived`.
    std::string_view bytes;
    /// The body ends with them; or its framing is broken behind them.
    bool last = false, broken = false;
  };
  /// What has come of the body. It is dropped before more is received.
  Arrived arrived();
  void drop_arrived();

  /// True once per request: the client wants to be told to send its body, and hasn't begun.
  bool take_expectation();
  /// Gives the request up with a fault of the caller's; the state is `broken` then.
  void abandon(Fault fault) { refuse(fault); }
  /// Bytes behind the current request.
  std::size_t buffered_size() const { return end_ - begin_ - taken_; }

  /// Drops the request; the bytes behind it become the next one.
  void next();

 private:
  struct Parsing;
  /// A piece of the request in hand. Relative to its begin, because the buffer may still move.
  struct Piece {
    std::size_t offset = 0;
    std::size_t size = 0;
  };

  State advance_head();
  State parse_head(std::size_t head_size);
  State advance_body();
  State advance_chunked();
  State complete(Piece body);
  State refuse(Fault fault);
  bool may_have_long_body() const;
  State begin_stream();
  void fill_request();
  void fill_headers();
  void guess_path(std::string_view head);
  void make_room();
  void grow_to(std::size_t capacity);
  std::string_view bytes() const { return {buffer_.get() + begin_, end_ - begin_}; }
  std::string_view view(Piece piece) const { return bytes().substr(piece.offset, piece.size); }

  const Limits& limits_;
  std::shared_ptr<RequestMemory> memory_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;
  /// Where the request in hand begins, and where the bytes received end.
  std::size_t begin_ = 0, end_ = 0;
  // All that follow are relative to `begin_`.
  /// How far the search for the end of the head has come.
  std::size_t scanned_ = 0, line_count_ = 0;
  /// End of the head; end of what belongs to the request, as far as parsed.
  std::size_t head_size_ = 0, taken_ = 0;
  /// End of the decoded part of a chunked body; raw chunks follow at `taken_`.
  std::size_t decoded_end_ = 0;

  State state_ = State::idle;
  StreamsBody streams_body_;
  /// The body comes in pieces; so many bytes of it are to come, where its length was told.
  bool streaming_ = false;
  std::uint64_t stream_left_ = 0;
  std::unique_ptr<Parsing> parsing_;
  BodyFraming framing_;
  bool http_1_0_ = false, keep_alive_ = false;
  Request request_;
  std::string path_storage_;
  Fault fault_;
};

}  // namespace orrery
