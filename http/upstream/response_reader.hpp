#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/upstream/upstream_limits.hpp"
#include "http/upstream/upstream_message.hpp"

namespace orrery {

/// Understands the bytes of one answer as they come. Knows no socket.
class ResponseReader {
 public:
  enum class State {
    /// Its head isn't complete.
    head,
    /// The head is; some of the body may be missing.
    body,
    complete,
    /// `fault()` says why; the connection is of no more use.
    broken,
  };

  explicit ResponseReader(const UpstreamLimits& limits);
  ~ResponseReader();

  State put(std::string_view bytes);
  /// The server has closed the connection: the end of some answers.
  State put_end();
  State state() const { return state_; }

  /// Whether anything has come.
  bool has_begun() const { return has_begun_; }
  /// Once the head is complete.
  unsigned status() const;
  /// As `UpstreamAnswer::content_type`.
  std::string_view content_type() const { return content_type_; }
  bool is_event_stream() const;
  /// Of what has come and hasn't been taken. A body that isn't a stream is left here until it is
  /// complete, and is broken where it grows too large.
  std::string& body() { return body_; }
  /// Once complete: whether the connection may be used again.
  bool is_reusable() const;
  const UpstreamFault& fault() const { return fault_; }

 private:
  struct Parsing;

  State advance();
  State finish_head();
  State refuse(UpstreamProblem problem, std::string_view message);

  const UpstreamLimits& limits_;
  std::unique_ptr<Parsing> parsing_;
  /// What the parser wants to see once more together with what follows.
  std::string input_;
  std::string body_;
  State state_ = State::head;
  bool has_begun_ = false;
  unsigned interim_count_ = 0;
  /// Bytes of the body so far, and all others.
  std::size_t body_size_ = 0, framing_size_ = 0;
  std::string_view content_type_;
  UpstreamFault fault_;
};

}  // namespace orrery
