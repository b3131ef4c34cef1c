#include "http/upstream/response_reader.hpp"

#include <algorithm>
#include <array>

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>

namespace orrery {

namespace {

namespace http = boost::beast::http;
using Error = boost::system::error_code;

/// Bytes of heads, chunk sizes and the like for each byte of the body, and of a head.
constexpr std::size_t framing_per_body_max = 8;

constexpr std::string_view json_type = "application/json";
constexpr std::string_view event_stream_type = "text/event-stream";
constexpr std::string_view text_type = "text/plain";

/// A body that is appended to a string of ours. Beast's own would reserve as much memory as the
/// server announces.
struct AppendedBody {
  using value_type = std::string*;

  class reader {
   public:
    template <bool is_request, class Fields>
    reader(http::header<is_request, Fields>&, value_type& body) : body_(body) {}

    void init(const boost::optional<std::uint64_t>&, Error& error) { error = {}; }

    template <class Buffers>
    std::size_t put(const Buffers& buffers, Error& error) {
      error = {};
      std::size_t size = 0;
      for (auto part = boost::asio::buffer_sequence_begin(buffers);
           part != boost::asio::buffer_sequence_end(buffers); ++part) {
        const boost::asio::const_buffer bytes = *part;
        body_->append(static_cast<const char*>(bytes.data()), bytes.size());
        size += bytes.size();
      }
      return size;
    }

    void finish(Error& error) { error = {}; }

   private:
    value_type& body_;
  };
};

using Parser = http::response_parser<AppendedBody>;

std::string_view allowed_type(std::string_view value) {
  auto type = value.substr(0, value.find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  for (const auto allowed : {json_type, event_stream_type, text_type})
    if (boost::beast::iequals(type, allowed)) return allowed;
  return {};
}

}  // namespace

struct ResponseReader::Parsing {
  Parsing(const UpstreamLimits& limits, std::string& body) : parser(http::response_header<>{}) {
    parser.get().body() = &body;
    parser.header_limit(static_cast<std::uint32_t>(limits.head_bytes_max));
    parser.body_limit(boost::none);  // Counted by us: streams have none.
    parser.eager(true);
  }

  Parser parser;
};

ResponseReader::ResponseReader(const UpstreamLimits& limits)
    : limits_(limits), parsing_(std::make_unique<Parsing>(limits, body_)) {}

ResponseReader::~ResponseReader() = default;

unsigned ResponseReader::status() const { return parsing_->parser.get().result_int(); }

bool ResponseReader::is_event_stream() const {
  return status() == 200 && content_type_ == event_stream_type;
}

bool ResponseReader::is_reusable() const {
  return state_ == State::complete && input_.empty() && parsing_->parser.keep_alive() &&
         !parsing_->parser.need_eof();
}

ResponseReader::State ResponseReader::refuse(UpstreamProblem problem, std::string_view message) {
  fault_ = {problem, std::string(message)};
  return state_ = State::broken;
}

ResponseReader::State ResponseReader::put(std::string_view bytes) {
  if (state_ == State::complete || state_ == State::broken) return state_;
  has_begun_ = has_begun_ || !bytes.empty();
  input_.append(bytes);
  while (!input_.empty() && state_ != State::complete && state_ != State::broken) {
    const auto size_before = input_.size();
    const auto state_before = state_;
    advance();
    if (input_.size() == size_before && state_ == state_before) break;
  }
  // Beyond the head, only the framing between chunks is ever kept.
  if (state_ == State::body && input_.size() > limits_.head_bytes_max)
    return refuse(UpstreamProblem::malformed, "The model server's answer is not framed as it must");
  return state_;
}

ResponseReader::State ResponseReader::advance() {
  auto& parser = parsing_->parser;
  Error error;
  const auto body_size_before = body_.size();
  const auto size = parser.put(boost::asio::buffer(input_), error);
  input_.erase(0, size);
  body_size_ += body_.size() - body_size_before;
  framing_size_ += size - (body_.size() - body_size_before);
  if (error == http::error::need_more) error = {};
  if (error == http::error::header_limit)
    return refuse(UpstreamProblem::too_large, "The head of the model server's answer is too large");
  if (error)
    return refuse(UpstreamProblem::malformed, "The model server's answer is not valid HTTP");
  // Chunks of one byte have five others each; extensions of chunks have no limit of their own.
  if (framing_size_ > framing_per_body_max * (limits_.head_bytes_max + body_size_))
    return refuse(UpstreamProblem::malformed, "The model server's answer is nearly all framing");
  if (state_ == State::head && parser.is_header_done()) finish_head();
  if (state_ == State::body && !is_event_stream() && body_.size() > limits_.body_bytes_max)
    return refuse(UpstreamProblem::too_large, "The model server's answer is too large");
  if (state_ == State::body && parser.is_done()) state_ = State::complete;
  return state_;
}

ResponseReader::State ResponseReader::finish_head() {
  const auto& parser = parsing_->parser;
  const auto code = status();
  if (code / 100 == 1 && code != 101 && ++interim_count_ <= limits_.interim_answers_max) {
    body_.clear();
    parsing_ = std::make_unique<Parsing>(limits_, body_);
    return state_;
  }
  if (code < 200 || code > 599)
    return refuse(UpstreamProblem::malformed, "The model server's answer has no usable status");
  const auto coding = parser.get()[http::field::content_encoding];
  if (!coding.empty() && !boost::beast::iequals(coding, "identity"))
    return refuse(UpstreamProblem::malformed, "The model server's answer is compressed");
  content_type_ = allowed_type(parser.get()[http::field::content_type]);
  const auto length = parser.content_length();
  if (!is_event_stream() && length && *length > limits_.body_bytes_max)
    return refuse(UpstreamProblem::too_large, "The model server's answer is too large");
  return state_ = State::body;
}

ResponseReader::State ResponseReader::put_end() {
  if (state_ == State::complete || state_ == State::broken) return state_;
  Error error;
  if (state_ == State::body) parsing_->parser.put_eof(error);
  if (state_ == State::head || error || !input_.empty())
    return refuse(UpstreamProblem::connection_broken,
                  "The model server closed the connection before its answer was complete");
  return state_ = State::complete;
}

}  // namespace orrery
