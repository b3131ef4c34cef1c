#include "http/upstream/upstream_exchange.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <boost/asio/buffer.hpp>

namespace orrery {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

bool is_sane(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

std::string request_text(const UpstreamTarget& target, const UpstreamRequest& request) {
  const bool is_v6 = target.host.find(':') != std::string::npos;
  auto text = fmt::format(
      "{} {}{} HTTP/1.1\r\nHost: {}{}{}:{}\r\nUser-Agent: orrery\r\n"
      "Accept: application/json, text/event-stream\r\nAccept-Encoding: identity\r\n",
      request.body ? "POST" : "GET", target.base_path, request.path, is_v6 ? "[" : "", target.host,
      is_v6 ? "]" : "", target.port);
  if (request.body)
    text += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n",
                        request.body->size());
  text += "\r\n";
  if (request.body) text += *request.body;
  return text;
}

}  // namespace

UpstreamExchange::UpstreamExchange(UpstreamRuntime& runtime, UpstreamTarget target,
                                   UpstreamRequest request, UpstreamClient::Done done)
    : runtime_(runtime),
      target_(std::move(target)),
      request_(std::move(request)),
      done_(std::move(done)) {}

UpstreamExchange::~UpstreamExchange() { leave(); }

void UpstreamExchange::start() {
  const auto now = std::chrono::steady_clock::now();
  const auto& limits = runtime_.limits;
  last_deadline_ = now + (request_.timeout.count() > 0 ? request_.timeout : limits.total_timeout);
  if (!is_sane(target_.host) || !is_sane(target_.base_path) || !is_sane(request_.path))
    return fail({UpstreamProblem::address_refused, "The model server's address is not usable"});
  text_ = request_text(target_, request_);
  request_.body.reset();
  connection_ = runtime_.pool.take(target_);
  connection_ ? send() : open();
}

void UpstreamExchange::open() {
  connection_ = runtime_.pool.make(target_);
  if (!connection_)
    return fail({UpstreamProblem::overloaded, "Too many requests to model servers are under way"});
  set_deadline(runtime_.limits.connect_timeout);
  Error error;
  const auto address = asio::ip::make_address(target_.host, error);
  error ? resolve() : connect({address}, 0);
}

void UpstreamExchange::resolve() {
  runtime_.resolver.async_resolve(
      target_.host, std::to_string(target_.port), tcp::resolver::numeric_service,
      [self = shared_from_this()](Error error, const tcp::resolver::results_type& results) {
        if (self->is_over_) return;
        Addresses addresses;
        for (const auto& result : results) addresses.push_back(result.endpoint().address());
        if (error || addresses.empty())
          return self->fail(
              {UpstreamProblem::address_refused, "The model server's name has no address"});
        self->connect(std::move(addresses), 0);
      });
}

/// Tries one address after the other, but only those that may be asked.
void UpstreamExchange::connect(Addresses addresses, std::size_t index) {
  while (index < addresses.size() && !may_reach(target_.reach, addresses[index])) ++index;
  if (index == addresses.size())
    return fail({UpstreamProblem::address_refused, "The model server's address may not be asked"});
  const tcp::endpoint endpoint(addresses[index], target_.port);
  connection_->socket.async_connect(
      endpoint, [self = shared_from_this(), addresses = std::move(addresses), index](Error error) {
        if (self->is_over_) return;
        if (error) return self->on_connect_failed(error, addresses, index);
        if (self->target_.reach == UpstreamReach::internet && self->leads_back_here())
          return self->fail(
              {UpstreamProblem::address_refused, "The model server's address may not be asked"});
        Error ignored;
        self->connection_->socket.set_option(tcp::no_delay(true), ignored);
        self->connection_->socket.non_blocking(true, ignored);
        self->send();
      });
}

/// Whether this very machine has taken the connection, at one of its outer addresses.
bool UpstreamExchange::leads_back_here() const {
  Error error;
  const auto here = connection_->socket.local_endpoint(error);
  if (error) return true;
  const auto there = connection_->socket.remote_endpoint(error);
  return error || here.address() == there.address();
}

void UpstreamExchange::on_connect_failed(Error error, Addresses addresses, std::size_t index) {
  const auto next =
      std::find_if(addresses.begin() + static_cast<std::ptrdiff_t>(index) + 1, addresses.end(),
                   [this](const auto& address) { return may_reach(target_.reach, address); });
  Error ignored;
  connection_->socket.close(ignored);
  if (next != addresses.end()) {
    index = static_cast<std::size_t>(next - addresses.begin());
    return connect(std::move(addresses), index);
  }
  if (error == asio::error::connection_refused)
    return fail({UpstreamProblem::connection_refused, "The model server takes no connections"});
  fail({UpstreamProblem::connection_broken, "The model server cannot be reached"});
}

/// Sends the question. Mostly the socket takes it at once, and no event loop is needed.
void UpstreamExchange::send() {
  sent_ = 0;
  reader_ = std::make_unique<ResponseReader>(runtime_.limits);
  set_deadline(runtime_.limits.quiet_timeout);
  write();
}

void UpstreamExchange::write() {
  Error error;
  while (sent_ < text_.size() && !error)
    sent_ += connection_->socket.write_some(asio::buffer(text_) + sent_, error);
  if (error == asio::error::would_block)
    return connection_->socket.async_wait(tcp::socket::wait_write,
                                          [self = shared_from_this()](Error failure) {
                                            if (self->is_over_) return;
                                            failure ? self->on_end(failure) : self->write();
                                          });
  // A server that has closed its ears may still have said why.
  wait_for_answer();
}

void UpstreamExchange::wait_for_answer() {
  set_deadline(runtime_.limits.first_byte_timeout);
  wait_to_read();
}

void UpstreamExchange::wait_to_read() {
  connection_->socket.async_wait(tcp::socket::wait_read, [self = shared_from_this()](Error error) {
    if (self->is_over_) return;
    error ? self->on_end(error) : self->read();
  });
}

void UpstreamExchange::read() {
  auto size_max = std::min(runtime_.scratch.size(), runtime_.limits.stream_buffer_bytes_max);
  if (is_streaming_) {
    const auto stream = stream_.lock();
    if (!stream) return on_gone();
    size_max = std::min(size_max, stream->room());
    is_paused_ = size_max == 0;
    if (is_paused_) return;  // Until there is room: see `on_room`.
  }
  Error error;
  const auto size =
      connection_->socket.read_some(asio::buffer(runtime_.scratch.data(), size_max), error);
  if (error == asio::error::would_block) return wait_to_read();
  if (error) return on_end(error);
  const bool is_first = !reader_->has_begun();
  reader_->put({runtime_.scratch.data(), size});
  if (reader_->state() != State::head)
    set_deadline(runtime_.limits.quiet_timeout);
  else if (is_first)
    set_deadline(runtime_.limits.head_timeout);
  on_progress();
}

void UpstreamExchange::on_end(Error error) {
  if (!reader_->has_begun() && try_again()) return;
  if (error != asio::error::eof)
    return fail({UpstreamProblem::connection_broken, "The connection to the model server broke"});
  reader_->put_end();
  on_progress();
}

/// A kept connection that ends before a byte of the answer was closed by the server, most likely
/// before it read the question: a new one decides.
bool UpstreamExchange::try_again() {
  if (!connection_->is_reused) return false;
  connection_.reset();
  reader_.reset();
  open();
  return true;
}

void UpstreamExchange::on_progress() {
  if (reader_->state() == State::broken) return fail(reader_->fault());
  if (reader_->state() == State::head) return wait_to_read();
  if (reader_->is_event_stream() && !is_streaming_) begin_stream();
  if (is_over_) return;
  if (is_streaming_) {
    const auto stream = stream_.lock();
    if (!stream) return on_gone();
    feed(*stream);
  } else {
    count_body();
    if (is_over_) return;
  }
  if (reader_->state() == State::complete) return finish();
  wait_to_read();
}

void UpstreamExchange::count_body() {
  const auto size = reader_->body().size();
  runtime_.body_bytes += size - counted_;
  counted_ = size;
  if (runtime_.body_bytes > runtime_.limits.body_bytes_total_max)
    fail({UpstreamProblem::overloaded, "Model servers' answers take too much memory now"});
}

void UpstreamExchange::begin_stream() {
  is_streaming_ = true;
  ++runtime_.stream_count;
  last_deadline_ = std::chrono::steady_clock::now() + runtime_.limits.stream_timeout;
  const auto notice = [mailbox = runtime_.mailbox, weak = weak_from_this()](auto what) {
    return [mailbox, weak, what] {
      mailbox->post([weak, what] {
        if (const auto exchange = weak.lock()) ((*exchange).*what)();
      });
    };
  };
  const auto stream =
      std::make_shared<UpstreamStream>(runtime_.limits.stream_buffer_bytes_max,
                                       UpstreamStream::Notices{notice(&UpstreamExchange::on_room),
                                                               notice(&UpstreamExchange::on_gone)});
  stream_ = stream;
  std::exchange(done_,
                nullptr)(UpstreamAnswer{reader_->status(), reader_->content_type(), {}, stream});
}

void UpstreamExchange::feed(UpstreamStream& stream) {
  auto& body = reader_->body();
  if (!body.empty()) stream.append(body);
  body.clear();
}

void UpstreamExchange::on_room() {
  if (is_over_ || !is_paused_) return;
  is_paused_ = false;
  set_deadline(runtime_.limits.quiet_timeout);
  read();
}

void UpstreamExchange::on_gone() {
  give_up(UpstreamProblem::cancelled, "Nobody waits for the answer any more");
}

void UpstreamExchange::tick(TimePoint now) {
  if (is_over_) return;
  if (!is_streaming_ && request_.is_wanted && !request_.is_wanted()) return on_gone();
  if (now < last_deadline_ && (now < deadline_ || is_paused_)) return;
  const bool is_connecting = reader_ == nullptr;
  give_up(is_connecting ? UpstreamProblem::connection_broken : UpstreamProblem::timed_out,
          is_connecting ? "The model server cannot be reached"
                        : "The model server took too long to answer");
}

void UpstreamExchange::give_up(UpstreamProblem problem, std::string_view message) {
  if (!is_over_) fail({problem, std::string(message)});
}

void UpstreamExchange::finish() {
  if (reader_->is_reusable() && sent_ == text_.size())
    runtime_.pool.give_back(target_, std::move(connection_), std::chrono::steady_clock::now());
  leave();
  if (is_streaming_) {
    if (const auto stream = stream_.lock()) stream->end();
    return;
  }
  std::exchange(done_, nullptr)(UpstreamAnswer{reader_->status(), reader_->content_type(),
                                               std::move(reader_->body()), nullptr});
}

void UpstreamExchange::fail(UpstreamFault fault) {
  leave();
  if (!is_streaming_) return std::exchange(done_, nullptr)(std::move(fault));
  if (const auto stream = stream_.lock())
    stream->fail(request_.fault_event ? request_.fault_event(fault) : std::string());
}

void UpstreamExchange::leave() {
  if (is_over_) return;
  is_over_ = true;
  connection_.reset();
  std::string().swap(text_);  // It may be a MiB, and the exchange is kept until the next tick.
  runtime_.body_bytes -= std::exchange(counted_, 0);
  if (is_streaming_) --runtime_.stream_count;
}

void UpstreamExchange::set_deadline(std::chrono::milliseconds timeout) {
  deadline_ = std::chrono::steady_clock::now() + timeout;
}

}  // namespace orrery
