#include "http/server/conversation.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace orrery {

namespace {

constexpr std::string_view continue_answer = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::size_t request_id_bytes_max = 128;

constexpr Fault route_not_found{404, "route_not_found", "There is nothing at this path."};
constexpr Fault method_not_allowed{405, "method_not_allowed", "This path doesn't take the method."};
constexpr Fault method_unknown{501, "method_unknown", "The request's method isn't known here."};
constexpr Fault answer_missing{500, "internal_error", "The request could not be answered."};
constexpr Fault answer_late{503, "answer_timeout", "The answer took too long; try again."};
constexpr Fault request_slow{408, "request_timeout", "The request took too long to arrive."};

bool is_sane_id(std::string_view id) {
  return !id.empty() && id.size() <= request_id_bytes_max &&
         std::all_of(id.begin(), id.end(), [](unsigned char c) {
           return std::isalnum(c) || c == '-' || c == '_' || c == '.' || c == ':' || c == '/' ||
                  c == '+' || c == '=' || c == '@';
         });
}

/// The length that a handler gives its stream; without one it goes in chunks.
std::optional<std::uint64_t> announced_length(const Response& response) {
  for (const auto& [name, value] : response.headers)
    if (std::uint64_t length = 0;
        name == content_length_name &&
        std::from_chars(value.data(), value.data() + value.size(), length).ec == std::errc{})
      return length;
  return std::nullopt;
}

}  // namespace

Conversation::Conversation(EdgeContext& edge)
    : edge_(edge), reader_(std::make_shared<RequestReader>(edge.limits, edge.request_memory)) {
  reader_->stream_bodies([&router = edge.router](const Request& request) {
    std::vector<std::string_view> parameters;
    const auto match = router.match(request.method, request.path, parameters);
    return match.status == 0 && match.handler->target<StreamedHandler>() != nullptr;
  });
}

Conversation::~Conversation() { stop(); }

void Conversation::bind(std::weak_ptr<AnswerTaker> taker, std::function<void()> waker,
                        std::string peer) {
  reader_->request().peer = std::move(peer);
  taker_ = std::move(taker);
  waker_ = std::move(waker);
}

Conversation::Next Conversation::run(AnswerBatch& batch) {
  for (std::size_t handled = 0; !closing_;) {
    if (stream_) {
      if (const auto next = run_stream(batch); stream_) return next;
      continue;
    }
    if (abandoned_) {
      handle_abandoned(batch);
      continue;
    }
    if (awaiting_) {
      if (!given_) return body_ ? feed_body(batch) : Next::wait;
      finish(*std::exchange(given_, std::nullopt), batch);
      continue;
    }
    if (handled == edge_.limits.pipelined_answers_max ||
        batch.size() >= edge_.limits.pipelined_bytes_max)
      return Next::again;
    switch (reader_->advance()) {
      case RequestReader::State::idle:
        if (edge_.draining) return Next::close;
        return Next::read;
      case RequestReader::State::head:
        return Next::read;
      case RequestReader::State::body:
        if (reader_->take_expectation()) batch.text().append(continue_answer);
        return Next::read;
      case RequestReader::State::ready:
        handle_request(batch);
        break;
      case RequestReader::State::broken:
        handle_broken(batch);
        break;
    }
    ++handled;
  }
  return Next::close;
}

void Conversation::identify_request() {
  auto& request = reader_->request();
  if (const auto id = request.header("x-request-id"); is_sane_id(id))
    request.request_id.assign(id);
  else
    edge_.ids.draw(request.request_id);
}

void Conversation::handle_request(AnswerBatch& batch) {
  auto& request = reader_->request();
  started_ = Clock::now();
  identify_request();
  last_ = !reader_->keep_alive() || edge_.draining;
  if (request.method == Method::other) {
    last_ = true;  // What follows a CONNECT is not HTTP.
    return refuse(method_unknown, edge_.router.fallback_of(request.path), batch);
  }
  const auto match = edge_.router.match(request.method, request.path, request.path_parameters);
  route_ = match.route;
  if (match.status == 0 && reader_->is_streaming()) {
    start_body();
    const auto& handle = match.handler->target<StreamedHandler>()->handle;
    return call(
        [&](const Request& head, const Responder& respond) { handle(head, body_, respond); },
        batch);
  }
  if (match.status == 0) return call(*match.handler, batch);
  allow_ = match.allow;
  if (request.method == Method::options && (match.status == 405 || request.path == "*")) {
    GivenAnswer answer;
    answer.response.status = 204;
    return finish(std::move(answer), batch);
  }
  refuse(match.status == 405 ? method_not_allowed : route_not_found, match.handler, batch);
}

void Conversation::handle_broken(AnswerBatch& batch) {
  edge_.metrics.count_refused_request();
  started_ = Clock::now();
  last_ = true;
  identify_request();
  refuse(reader_->fault(), edge_.router.fallback_of(reader_->request().path), batch);
}

void Conversation::handle_abandoned(AnswerBatch& batch) {
  // The handler may still read the request on another thread, so its fault is put into a copy, and
  // only a fallback that answers at once is of use.
  ++sequence_;
  abandoned_ = awaiting_ = false;
  given_.reset();
  last_ = true;
  Request copy = reader_->request();
  copy.fault = answer_late;
  PendingAnswer::Call call;
  if (const auto* fallback = edge_.router.fallback_of(copy.path)) {
    auto pending = std::make_shared<PendingAnswer>(
        PendingAnswer::Home{taker_, edge_.mailbox, reader_, sequence_});
    call.expect(*pending);
    try {
      (*fallback)(copy, Responder(std::move(pending)));
    } catch (...) {  // The plain form below will do.
    }
  }
  if (!call.answer || call.answer->dropped || call.answer->stream)
    call.answer = GivenAnswer{problem(answer_late), nullptr, false};
  finish(std::move(*call.answer), batch);
}

void Conversation::refuse(Fault fault, const Handler* fallback, AnswerBatch& batch) {
  reader_->request().fault = fault;
  if (fallback != nullptr) return call(*fallback, batch);
  finish({.response = problem(fault), .stream = nullptr, .dropped = false}, batch);
}

void Conversation::call(const Handler& handler, AnswerBatch& batch) {
  std::optional<GivenAnswer> answer;
  {
    PendingAnswer::Call call;
    auto pending = std::make_shared<PendingAnswer>(
        PendingAnswer::Home{taker_, edge_.mailbox, reader_, sequence_});
    call.expect(*pending);
    try {
      handler(reader_->request(), Responder(std::move(pending)));
    } catch (...) {  // Its responder went away unanswered, which is the answer.
    }
    answer = std::move(call.answer);
  }
  if (answer)
    finish(std::move(*answer), batch);
  else
    awaiting_ = true;
}

void Conversation::start_body() {
  body_ = std::make_shared<IncomingBody>(edge_.request_memory);
  body_->attach(waker_);
}

/// Hands on what has come, as far as there is room.
Conversation::Next Conversation::feed_body(AnswerBatch& batch) {
  if (reader_->take_expectation()) batch.text().append(continue_answer);
  if (!body_->has_room()) return Next::wait;
  const auto [bytes, last, broken] = reader_->arrived();
  if (!bytes.empty()) body_->put(bytes);
  reader_->drop_arrived();
  if (!last && !broken) return body_->has_room() ? Next::read : Next::wait;
  end_body(broken ? IncomingBody::State::broken : IncomingBody::State::complete);
  return given_ ? Next::again : Next::wait;
}

void Conversation::end_body(IncomingBody::State state) {
  if (!body_) return;
  // What follows a part of a body is no request.
  last_ = last_ || state == IncomingBody::State::broken;
  body_->attach({});
  std::exchange(body_, nullptr)->end(state);
}

void Conversation::finish(GivenAnswer answer, AnswerBatch& batch) {
  awaiting_ = false;
  end_body(IncomingBody::State::broken);
  auto& request = reader_->request();
  if (answer.dropped) {
    ++sequence_;  // Copies of the old responder are of no account any more.
    const bool in_fallback = request.fault.status != 0;
    return refuse(in_fallback ? request.fault : answer_missing,
                  in_fallback ? nullptr : edge_.router.fallback_of(request.path), batch);
  }
  auto& response = answer.response;
  const bool streamed = answer.stream && request.method != Method::head;
  const auto length = streamed ? announced_length(response) : std::nullopt;
  last_ = last_ || (streamed && !length && reader_->http_1_0()) || edge_.draining;
  append_answer(batch, response,
                {.date = edge_.date,
                 .request_id = request.request_id,
                 .allow = allow_,
                 .close = last_,
                 .http_1_0 = reader_->http_1_0(),
                 .without_body = request.method == Method::head,
                 .streamed = streamed});
  edge_.metrics.count(route_, response.status, Clock::now() - started_);
  if (streamed) return start_stream(std::move(answer.stream), length);
  next_request();
}

void Conversation::next_request() {
  closing_ = last_;
  ++sequence_;
  route_ = Router::no_route;
  allow_ = {};
  // A closing connection takes no more, and a late handler may still read its request.
  if (!closing_) reader_->next();
}

void Conversation::start_stream(std::shared_ptr<ResponseStream> stream,
                                std::optional<std::uint64_t> length) {
  stream_ = std::move(stream);
  stream_left_ = length;
  stream_in_chunks_ = !length && !reader_->http_1_0();
  stream_->attach(waker_);
}

Conversation::Next Conversation::run_stream(AnswerBatch& batch) {
  if (batch.size() >= edge_.limits.pipelined_bytes_max) return Next::again;
  piece_.clear();
  auto next = stream_->pull(piece_);
  if (!piece_.empty()) append_piece(batch, piece_);
  if (edge_.draining) next = ResponseStream::Next::end;
  switch (next) {
    case ResponseStream::Next::more:
      return Next::again;
    case ResponseStream::Next::wait:
      return Next::wait;
    case ResponseStream::Next::end:
      break;
  }
  if (stream_in_chunks_) batch.text().append("0\r\n\r\n");
  // Who was promised more must not take the next answer for it.
  last_ = last_ || edge_.draining || stream_left_.value_or(0) > 0;
  stop();
  next_request();
  return Next::again;
}

void Conversation::append_piece(AnswerBatch& batch, std::string_view piece) {
  auto& text = batch.text();
  if (stream_left_) {
    piece = piece.substr(0, std::min<std::uint64_t>(piece.size(), *stream_left_));
    *stream_left_ -= piece.size();
  }
  if (stream_in_chunks_) fmt::format_to(std::back_inserter(text), "{:x}\r\n", piece.size());
  text.append(piece);
  if (stream_in_chunks_) text.append("\r\n");
}

void Conversation::keep_alive(AnswerBatch& batch) {
  if (!stream_) return;
  if (const auto sign = stream_->keep_alive(); !sign.empty()) append_piece(batch, sign);
}

bool Conversation::take_answer(std::uint64_t sequence, GivenAnswer answer) {
  if (!awaiting_ || sequence != sequence_ || given_) return false;
  given_ = std::move(answer);
  return true;
}

bool Conversation::time_out() {
  switch (phase()) {
    case Phase::head:
    case Phase::body:
      reader_->abandon(request_slow);
      return true;
    case Phase::answering:
      return abandoned_ = true;
    case Phase::idle:
    case Phase::receiving:
    case Phase::streaming:
      break;
  }
  return false;
}

void Conversation::stop() {
  end_body(IncomingBody::State::broken);
  if (!stream_) return;
  stream_->attach({});
  stream_.reset();
}

Conversation::Phase Conversation::phase() const {
  if (stream_) return Phase::streaming;
  if (awaiting_) return body_ ? Phase::receiving : Phase::answering;
  switch (reader_->state()) {
    case RequestReader::State::idle:
      return Phase::idle;
    case RequestReader::State::head:
      return Phase::head;
    default:
      return Phase::body;
  }
}

bool Conversation::is_patient() const {
  return awaiting_ && route_ != Router::no_route &&
         edge_.router.routes()[route_].patience == Patience::long_;
}

}  // namespace orrery
