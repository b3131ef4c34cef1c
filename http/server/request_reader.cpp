#include "http/server/request_reader.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

#include <boost/beast/http/basic_parser.hpp>

#include "http/server/request_target.hpp"

namespace orrery {

namespace http = boost::beast::http;
using BeastView = boost::beast::string_view;
using Error = boost::beast::error_code;

namespace {

constexpr std::size_t buffer_bytes_initial = 8 * 1024;
/// A buffer that has grown beyond this is given back when its connection is idle.
constexpr std::size_t buffer_bytes_kept_max = 64 * 1024;
/// Where the pieces of a streamed body are received.
constexpr std::size_t stream_bytes = 64 * 1024;
/// What simdjson may read behind a body.
constexpr std::size_t buffer_padding_bytes = 64;

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::get;
    case http::verb::head:
      return Method::head;
    case http::verb::post:
      return Method::post;
    case http::verb::put:
      return Method::put;
    case http::verb::patch:
      return Method::patch;
    case http::verb::delete_:
      return Method::delete_;
    case http::verb::options:
      return Method::options;
    default:
      return Method::other;
  }
}

/// Whether the request line ends in a version at all, be it an unknown one.
bool names_version(std::string_view head) {
  const auto line = head.substr(0, head.find('\r'));
  const auto version = line.substr(line.rfind(' ') + 1);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return std::count(line.begin(), line.end(), ' ') == 2 && version.size() == 8 &&
         version.starts_with("HTTP/") && digit(version[5]) && version[6] == '.' &&
         digit(version[7]);
}

Fault fault_of(const Error& error, std::string_view head) {
  if (error == http::error::bad_version && names_version(head))
    return {505, "http_version_unknown", "Only HTTP/1.0 and HTTP/1.1 are spoken here."};
  if (error == http::error::body_limit)
    return {413, "body_too_large", "The request's body is too large."};
  if (error == http::error::header_limit)
    return {431, "head_too_large", "The request's headers are too large."};
  return {400, "request_malformed", "The request is not well-formed HTTP."};
}

}  // namespace

/// Beast's parser, writing down what it finds. It is fed whole heads, and chunked bodies in pieces.
struct RequestReader::Parsing {
  class Parser : public http::basic_parser<true> {
   public:
    explicit Parser(Parsing& found) : found_(found) {}

   private:
    void on_request_impl(http::verb verb, BeastView, BeastView target, int version,
                         Error&) override {
      found_.http_1_0 = version == 10;
      found_.method = method_of(verb);
      found_.target = found_.piece(target);
    }
    void on_field_impl(http::field, BeastView name, BeastView value, Error&) override {
      // What comes after the body is a trailer, and nobody asks for those.
      if (!is_header_done()) found_.headers.emplace_back(found_.piece(name), found_.piece(value));
    }
    std::size_t on_chunk_body_impl(std::uint64_t, BeastView data, Error&) override {
      std::memmove(found_.decoded_end, data.data(), data.size());
      found_.decoded_end += data.size();
      return data.size();
    }
    void on_header_impl(Error&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
    std::size_t on_body_impl(BeastView data, Error&) override { return data.size(); }
    void on_chunk_header_impl(std::uint64_t, BeastView, Error&) override {}
    void on_finish_impl(Error&) override {}
    void on_response_impl(int, BeastView, int, Error&) override {}

    Parsing& found_;
  };

  Piece piece(BeastView text) const {
    return {static_cast<std::size_t>(text.data() - head), text.size()};
  }

  const char* head = nullptr;
  char* decoded_end = nullptr;
  std::optional<Parser> parser;
  bool http_1_0 = false;
  Method method = Method::other;
  Piece target;
  std::vector<std::pair<Piece, Piece>> headers;
};

RequestReader::RequestReader(const Limits& limits, std::shared_ptr<RequestMemory> memory)
    : limits_(limits), memory_(std::move(memory)), parsing_(std::make_unique<Parsing>()) {
  grow_to(buffer_bytes_initial);
}

RequestReader::~RequestReader() { memory_->fetch_sub(capacity_, std::memory_order_relaxed); }

std::span<char> RequestReader::space() {
  if (end_ == capacity_) make_room();
  return {buffer_.get() + end_, capacity_ - end_};
}

void RequestReader::make_room() {
  if (framing_.chunked && state_ == State::body && taken_ > decoded_end_) {
    auto* base = buffer_.get() + begin_;
    std::memmove(base + decoded_end_, base + taken_, bytes().size() - taken_);
    end_ -= taken_ - decoded_end_;
    taken_ = decoded_end_;
  }
  if (begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  // Half full after the move: room enough. Else the next move would come too soon.
  if (end_ > capacity_ / 2) grow_to(capacity_ * 2);
}

void RequestReader::grow_to(std::size_t capacity) {
  auto larger = std::make_unique_for_overwrite<char[]>(capacity + buffer_padding_bytes);
  if (end_ > 0) std::memcpy(larger.get(), buffer_.get(), end_);
  std::memset(larger.get() + capacity, 0, buffer_padding_bytes);
  buffer_ = std::move(larger);
  memory_->fetch_add(capacity, std::memory_order_relaxed);
  memory_->fetch_sub(capacity_, std::memory_order_relaxed);
  capacity_ = capacity;
}

RequestReader::State RequestReader::advance() {
  switch (state_) {
    case State::idle:
    case State::head:
      return advance_head();
    case State::body:
      if (capacity_ > buffer_bytes_kept_max &&
          memory_->load(std::memory_order_relaxed) > limits_.request_bytes_total_max)
        return refuse({503, "requests_exhausted", "Too many large requests at once; try later."});
      return framing_.chunked ? advance_chunked() : advance_body();
    case State::ready:
    case State::broken:
      break;
  }
  return state_;
}

RequestReader::State RequestReader::advance_head() {
  // An empty line before a request is an old client's habit (RFC 9112, 2.2).
  while (scanned_ == 0 && bytes().starts_with("\r\n")) begin_ += 2;
  if (begin_ == end_) return state_ = State::idle;
  state_ = State::head;
  const auto all = bytes();
  const auto end = find_head_end(all, scanned_, line_count_);
  if (end.kind == HeadEnd::Kind::broken)
    return refuse({400, "head_malformed", "A line of the head is folded, or not ended by CR LF."});
  const auto first_line = line_count_ == 0 ? all : all.substr(0, all.find('\n'));
  if (first_line.size() > limits_.target_bytes_max + sizeof("OPTIONS  HTTP/1.1\r\n"))
    return refuse({414, "target_too_long", "The request's target is too long."});
  const auto head_size = end.kind == HeadEnd::Kind::complete ? end.size : all.size() + 1;
  if (line_count_ > limits_.header_count_max + 1 || head_size > limits_.head_bytes_max)
    return refuse({431, "head_too_large", "The request has too many headers, or too large ones."});
  if (end.kind == HeadEnd::Kind::incomplete) return state_;
  return parse_head(end.size);
}

RequestReader::State RequestReader::parse_head(std::size_t head_size) {
  const auto head = bytes().substr(0, head_size);
  head_size_ = taken_ = decoded_end_ = head_size;
  if (has_control_bytes(head))
    return refuse({400, "control_byte", "The request's head holds a control byte."});
  parsing_->head = head.data();
  parsing_->headers.clear();
  auto& parser = parsing_->parser.emplace(*parsing_);
  // Our own limits were applied above: Beast's must not be narrower.
  parser.header_limit(static_cast<std::uint32_t>(limits_.head_bytes_max));
  parser.body_limit(boost::none);
  Error error;
  parser.put({head.data(), head.size()}, error);
  if (error) return refuse(fault_of(error, head));
  http_1_0_ = parsing_->http_1_0;
  keep_alive_ = parser.keep_alive();
  request_.method = parsing_->method;
  const auto target = parse_target(view(parsing_->target), request_.method, path_storage_);
  if (!target)
    return refuse({400, "target_malformed", "The request's target is malformed or ambiguous."});
  request_.path = target->path;
  request_.query = target->query;
  fill_headers();
  streaming_ = may_have_long_body() && streams_body_(request_);
  const auto body_bytes_max =
      streaming_ ? std::numeric_limits<std::uint64_t>::max() : limits_.body_bytes_max;
  const auto [fault, framing] = judge_headers(request_.headers, http_1_0_, body_bytes_max);
  if (fault) return refuse(*fault);
  framing_ = framing;
  if (!streaming_) parser.body_limit(limits_.body_bytes_max);
  parser.eager(true);
  state_ = State::body;
  return streaming_ ? begin_stream() : advance();
}

bool RequestReader::may_have_long_body() const {
  const auto& parser = *parsing_->parser;
  return streams_body_ &&
         (parser.chunked() || parser.content_length().value_or(0) > short_body_bytes_max);
}

/// From here on the head stays where it is, and the body passes through the room behind it.
RequestReader::State RequestReader::begin_stream() {
  if (memory_->load(std::memory_order_relaxed) > limits_.request_bytes_total_max)
    return refuse({503, "requests_exhausted", "Too many large requests at once; try later."});
  if (capacity_ < begin_ + head_size_ + stream_bytes) grow_to(begin_ + head_size_ + stream_bytes);
  fill_request();
  stream_left_ = framing_.content_length;
  return state_ = State::ready;
}

RequestReader::Arrived RequestReader::arrived() {
  if (!framing_.chunked) {
    const auto size = std::min<std::uint64_t>(stream_left_, bytes().size() - head_size_);
    taken_ = head_size_ + static_cast<std::size_t>(size);
    return {bytes().substr(head_size_, taken_ - head_size_), size == stream_left_, false};
  }
  auto* base = buffer_.get() + begin_;
  parsing_->decoded_end = base + decoded_end_;
  const auto raw = bytes().substr(taken_);
  Error error;
  taken_ += parsing_->parser->put({raw.data(), raw.size()}, error);
  decoded_end_ = static_cast<std::size_t>(parsing_->decoded_end - base);
  const bool last = parsing_->parser->is_done();
  const bool broken = (error && error != http::error::need_more) ||
                      (!last && buffered_size() > limits_.chunk_framing_bytes_max);
  return {bytes().substr(head_size_, decoded_end_ - head_size_), last, broken};
}

void RequestReader::drop_arrived() {
  if (!framing_.chunked) stream_left_ -= taken_ - head_size_;
  auto* base = buffer_.get() + begin_;
  std::memmove(base + head_size_, base + taken_, bytes().size() - taken_);
  end_ -= taken_ - head_size_;
  taken_ = decoded_end_ = head_size_;
}

RequestReader::State RequestReader::advance_body() {
  const auto length = static_cast<std::size_t>(framing_.content_length);
  if (bytes().size() - head_size_ < length) return state_;
  taken_ = head_size_ + length;
  return complete({head_size_, length});
}

RequestReader::State RequestReader::advance_chunked() {
  auto* base = buffer_.get() + begin_;
  parsing_->decoded_end = base + decoded_end_;
  const auto raw = bytes().substr(taken_);
  Error error;
  taken_ += parsing_->parser->put({raw.data(), raw.size()}, error);
  decoded_end_ = static_cast<std::size_t>(parsing_->decoded_end - base);
  if (error && error != http::error::need_more) return refuse(fault_of(error, {}));
  if (parsing_->parser->is_done()) return complete({head_size_, decoded_end_ - head_size_});
  if (buffered_size() > limits_.chunk_framing_bytes_max)
    return refuse({400, "chunk_too_large", "A chunk's size line or the trailers are too large."});
  return state_;
}

RequestReader::State RequestReader::complete(Piece body) {
  // The buffer may have moved while the body came. From here on it stays where it is.
  if (taken_ > head_size_) fill_request();
  request_.body = view(body);
  return state_ = State::ready;
}

void RequestReader::fill_request() {
  fill_headers();
  const auto target = parse_target(view(parsing_->target), request_.method, path_storage_);
  request_.path = target->path;
  request_.query = target->query;
}

void RequestReader::fill_headers() {
  request_.headers.clear();
  for (const auto& [name, value] : parsing_->headers)
    request_.headers.emplace_back(view(name), view(value));
}

RequestReader::State RequestReader::refuse(Fault fault) {
  fault_ = fault;
  request_.headers.clear();
  request_.path = request_.query = request_.body = {};  // The buffer may have moved since.
  guess_path(bytes());
  return state_ = State::broken;
}

void RequestReader::guess_path(std::string_view head) {
  const auto line = head.substr(0, head.find_first_of("\r\n"));
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return;
  const auto target = line.substr(space + 1, line.find(' ', space + 1) - space - 1);
  if (const auto parsed = parse_target(target, Method::options, path_storage_))
    request_.path = parsed->path;
  else if (target.starts_with('/'))
    request_.path = target.substr(0, target.find('?'));
}

bool RequestReader::take_expectation() {
  const bool waiting = state_ == State::body || streaming_;
  const bool expected = waiting && framing_.expects_continue && bytes().size() == head_size_;
  framing_.expects_continue = false;
  return expected;
}

void RequestReader::next() {
  begin_ += taken_;
  scanned_ = line_count_ = head_size_ = taken_ = decoded_end_ = 0;
  streaming_ = false;
  framing_ = {};
  request_.method = Method::other;
  request_.path = request_.query = request_.body = {};
  request_.headers.clear();
  request_.fault = {};
  state_ = State::idle;
  if (begin_ < end_) return;
  begin_ = end_ = 0;
  if (capacity_ > buffer_bytes_kept_max) grow_to(buffer_bytes_initial);
}

}  // namespace orrery
