#include "http/server/answer_batch.hpp"

#include <algorithm>
#include <charconv>

#include "http/server/status.hpp"

namespace orrery {

namespace {

/// Text memory beyond this is given back once the text is sent.
constexpr std::size_t text_bytes_kept_max = 512 * 1024;

void append_number(std::string& text, std::uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  text.append(digits, end);
}

void append_header(std::string& text, std::string_view name, std::string_view value) {
  // A line end inside a header would let its author write the rest of the answer.
  const auto breaks = [](std::string_view part) {
    return std::any_of(part.begin(), part.end(), [](unsigned char c) { return c < 0x20; });
  };
  if (breaks(name) || breaks(value)) return;
  text.append(name).append(": ").append(value).append("\r\n");
}

void append_framing(std::string& text, const Response& response, const AnswerFrame& frame) {
  const bool has_length =
      std::any_of(response.headers.begin(), response.headers.end(),
                  [](const auto& header) { return header.first == content_length_name; });
  if (has_length) {
    // It stands among the headers.
  } else if (frame.streamed) {
    if (!frame.http_1_0) text.append("Transfer-Encoding: chunked\r\n");
  } else if (!has_no_body(response.status)) {
    text.append("Content-Length: ");
    append_number(text, response.payload().size());
    text.append("\r\n");
  }
  if (frame.close)
    text.append("Connection: close\r\n");
  else if (frame.http_1_0)
    text.append("Connection: keep-alive\r\n");
}

}  // namespace

void append_answer(AnswerBatch& batch, Response& response, const AnswerFrame& frame) {
  auto& text = batch.text();
  if (response.status == 200) {
    text.append("HTTP/1.1 200 OK\r\nServer: orrery\r\nDate: ");
  } else {
    text.append("HTTP/1.1 ");
    append_number(text, response.status);
    text.append(" ").append(reason(response.status)).append("\r\nServer: orrery\r\nDate: ");
  }
  text.append(frame.date).append("\r\n");
  if (!has_no_body(response.status))
    text.append("Content-Type: ").append(response.content_type).append("\r\n");
  text.append("X-Request-Id: ").append(frame.request_id).append("\r\n");
  if (!frame.allow.empty()) append_header(text, "Allow", frame.allow);
  for (const auto& [name, value] : response.headers) append_header(text, name, value);
  append_framing(text, response, frame);
  text.append("\r\n");
  if (!frame.without_body && !frame.streamed && !has_no_body(response.status))
    batch.append_body(response);
}

void AnswerBatch::append_body(Response& response) {
  const auto payload = response.payload();
  if (payload.size() < gathered_body_bytes_min) {
    text_.append(payload);
    return;
  }
  auto bytes = response.prepared_body
                   ? std::move(response.prepared_body)
                   : std::make_shared<const std::string>(std::move(response.body));
  gathered_size_ += bytes->size();
  bodies_.emplace_back(text_.size(), std::move(bytes));
}

const std::vector<boost::asio::const_buffer>& AnswerBatch::buffers() {
  buffers_.clear();
  std::size_t skipped = sent_, from = 0;
  const auto add = [&](std::string_view part) {
    const auto skip = std::min(skipped, part.size());
    skipped -= skip;
    part.remove_prefix(skip);
    if (!part.empty()) buffers_.emplace_back(part.data(), part.size());
  };
  for (const auto& [offset, bytes] : bodies_) {
    add(std::string_view(text_).substr(from, offset - from));
    add(*bytes);
    from = offset;
  }
  add(std::string_view(text_).substr(from));
  return buffers_;
}

void AnswerBatch::consume(std::size_t size) {
  sent_ += size;
  if (!empty()) return;
  bodies_.clear();
  gathered_size_ = sent_ = 0;
  text_.clear();
  if (text_.capacity() > text_bytes_kept_max) text_.shrink_to_fit();
}

}  // namespace orrery
