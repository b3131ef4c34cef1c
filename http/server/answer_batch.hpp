#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/buffer.hpp>

#include "http/server/message.hpp"

namespace orrery {

/// Bytes on their way to a client: answers, one behind the other, sent with one write. Small bodies
/// are copied behind their heads; large ones stay where they are and are gathered.
class AnswerBatch {
 public:
  /// Bodies from this size on are gathered, not copied: a copy of 16 KiB costs about as much as one
  /// more entry in a gathered write.
  static constexpr std::size_t gathered_body_bytes_min = 16 * 1024;

  /// Where heads and small bodies are written. Only append.
  std::string& text() { return text_; }
  /// Puts the body behind the text so far. A gathered one is taken out of the response.
  void append_body(Response& response);

  /// Bytes not sent yet.
  std::size_t size() const { return text_.size() + gathered_size_ - sent_; }
  bool empty() const { return size() == 0; }

  /// True where `single()` is all there is to send.
  bool contiguous() const { return bodies_.empty(); }
  boost::asio::const_buffer single() const { return boost::asio::buffer(text_) + sent_; }
  /// All that is to be sent, in order. Valid until the batch changes.
  const std::vector<boost::asio::const_buffer>& buffers();

  /// Drops what has been sent. Memory is kept for the next answers up to a bound.
  void consume(std::size_t size);
  void clear() { consume(size()); }

 private:
  std::string text_;
  /// A gathered body goes before the byte of the text at its offset.
  std::vector<std::pair<std::size_t, std::shared_ptr<const std::string>>> bodies_;
  std::size_t gathered_size_ = 0;
  /// Of text and bodies together.
  std::size_t sent_ = 0;
  std::vector<boost::asio::const_buffer> buffers_;
};

/// A handler may say so of a stream whose length it knows.
inline constexpr std::string_view content_length_name = "Content-Length";

/// What the session adds to an answer.
struct AnswerFrame {
  std::string_view date;
  std::string_view request_id;
  /// For `Allow`; empty for none.
  std::string_view allow;
  bool close = false;
  bool http_1_0 = false;
  /// The answer to HEAD: its length is told, its body isn't sent.
  bool without_body = false;
  /// The body follows: as long as its `Content-Length` says, else in chunks (or, for HTTP/1.0,
  /// until the connection closes).
  bool streamed = false;
};

/// Appends the whole answer; or, for a streamed one, its head.
void append_answer(AnswerBatch& batch, Response& response, const AnswerFrame& frame);

}  // namespace orrery
