#pragma once

#include <atomic>
#include <utility>

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "http/server/conversation.hpp"
#include "http/server/session.hpp"

namespace orrery {

/// The thin loop around a Conversation: reads, writes, deadlines. `Stream` is a Socket or an
/// `ssl::stream` of one.
template <class Stream>
class StreamSession : public Session,
                      public AnswerTaker,
                      public std::enable_shared_from_this<StreamSession<Stream>> {
 public:
  static constexpr bool is_tls = !std::is_same_v<Stream, Socket>;
  using Next = Conversation::Next;
  using Phase = Conversation::Phase;
  using Error = boost::system::error_code;

  StreamSession(EdgeContext& edge, Stream stream)
      : edge_(edge), stream_(std::move(stream)), conversation_(edge) {}

  void start() override {
    begin();
    counted_ = true;
    edge_.connection_count.fetch_add(1, std::memory_order_relaxed);
    edge_.metrics.count_accepted();
    if constexpr (is_tls)
      handshake();
    else
      read();
  }

  void refuse() override {
    begin();
    ++edge_.refused_count;
    edge_.metrics.count_refused_connection();
    if constexpr (is_tls) return close();
    std::string request_id;
    edge_.ids.draw(request_id);
    auto response = problem({503, "connections_exhausted", "Too many connections; try later."});
    append_answer(edge_.scratch, response,
                  {.date = edge_.date, .request_id = request_id, .allow = {}, .close = true});
    send(Next::close);
  }

  void tick() override {
    if (edge_.now >= deadline_) return expire();
    if (phase_ == Phase::streaming && !writing_ && edge_.now >= quiet_until_) {
      conversation_.keep_alive(edge_.scratch);
      send(Next::wait);
    }
  }

  void drain() override {
    if (writing_ || lingering_ || handshaking_) return;
    const auto phase = conversation_.phase();
    if (phase == Phase::streaming) return step();
    Error ignored;
    if (phase == Phase::idle && socket().available(ignored) == 0) close();
  }

  void close() override {
    if (closed_) return;
    closed_ = true;
    conversation_.stop();
    Error ignored;
    socket().close(ignored);
    unlink();
    if (counted_) {
      edge_.connection_count.fetch_sub(1, std::memory_order_relaxed);
      edge_.metrics.count_closed();
    } else {
      --edge_.refused_count;
    }
    // Callers up the stack may still touch the session: it goes with the next turn of the loop.
    boost::asio::post(executor(), [keep = std::move(self_)] {});
  }

  void take_answer(std::uint64_t sequence, GivenAnswer answer) override {
    if (conversation_.take_answer(sequence, std::move(answer))) step();
  }

 private:
  Socket& socket() {
    if constexpr (is_tls)
      return stream_.next_layer();
    else
      return stream_;
  }
  auto executor() { return stream_.get_executor(); }

  void begin() {
    self_ = this->shared_from_this();
    const std::weak_ptr<StreamSession> weak = self_;
    // Many wakes that come close together are one: the flag is taken back before the pull.
    auto waking = std::make_shared<std::atomic<bool>>(false);
    auto wake = [weak, waking, mailbox = edge_.mailbox] {
      if (waking->exchange(true)) return;
      mailbox->post([weak, waking] {
        waking->store(false);
        if (const auto session = weak.lock()) session->step();
      });
    };
    conversation_.bind(weak, std::move(wake), peer_address());
    set_deadline(edge_.limits.head_timeout);
  }

  std::string peer_address() {
    Error error;
    const auto peer = socket().remote_endpoint(error);
    return error ? std::string() : peer.address().to_string();
  }

  void handshake() {
    if constexpr (is_tls) {
      handshaking_ = true;
      stream_.async_handshake(boost::asio::ssl::stream_base::server,
                              [self = this->shared_from_this()](Error error) {
                                self->handshaking_ = false;
                                error ? self->close() : self->read();
                              });
    }
  }

  void read() {
    if (reading_) return;
    reading_ = true;
    const auto space = conversation_.space();
    stream_.async_read_some(boost::asio::buffer(space.data(), space.size()),
                            [self = this->shared_from_this()](Error error, std::size_t size) {
                              self->on_read(error, size);
                            });
  }

  void on_read(Error error, std::size_t size) {
    reading_ = false;
    if (error) return close();
    if (lingering_) return linger_on(size);
    conversation_.received(size);
    step();
  }

  /// Handles what there is, sends the answers, and goes on from there.
  void step() {
    if (writing_ || lingering_ || closed_) return;
    send(conversation_.run(edge_.scratch));
  }

  /// Sends the scratch batch. Mostly the socket takes it at once, and no event loop is needed.
  void send(Next next) {
    auto& batch = edge_.scratch;
    if constexpr (!is_tls) {
      Error error;
      while (!batch.empty() && !error) {
        batch.consume(batch.contiguous() ? socket().write_some(batch.single(), error)
                                         : socket().write_some(batch.buffers(), error));
      }
      if (error && error != boost::asio::error::would_block) {
        batch.clear();
        return close();
      }
    }
    if (batch.empty()) return go_on(next);
    std::swap(outbox_, batch);
    next_ = next;
    writing_ = true;
    write();
  }

  void write() {
    set_deadline(edge_.limits.write_timeout);
    stream_.async_write_some(outbox_.buffers(),
                             [self = this->shared_from_this()](Error error, std::size_t size) {
                               if (error) return self->close();
                               self->outbox_.consume(size);
                               if (!self->outbox_.empty()) return self->write();
                               self->writing_ = false;
                               self->phase_ = Phase::idle;
                               self->phase_sequence_ = 0;  // The deadline was the write's.
                               self->go_on(self->next_);
                             });
  }

  void go_on(Next next) {
    if (closed_) return;
    if (next == Next::close) return linger();
    update_deadline();
    switch (next) {
      case Next::read:
        return read();
      case Next::again:
        return boost::asio::post(executor(), [self = this->shared_from_this()] { self->step(); });
      case Next::wait:
        if (is_watched()) watch();
        return;
      case Next::close:
        break;
    }
  }

  bool is_watched() const { return phase_ == Phase::streaming || conversation_.is_patient(); }

  /// While nothing is sent for long, only this notices that the client has gone.
  void watch() {
    if (watching_) return;
    watching_ = true;
    socket().async_wait(boost::asio::socket_base::wait_read,
                        [self = this->shared_from_this()](Error error) {
                          if (error || self->closed_) return;
                          // Bytes are left alone: they are the next request. The watch ends, and
                          // the writes have to notice.
                          if (self->is_watched() && self->peer_is_gone()) self->close();
                        });
  }

  bool peer_is_gone() {
    char byte = 0;
    Error error;
    socket().receive(boost::asio::buffer(&byte, 1), boost::asio::socket_base::message_peek, error);
    return error && error != boost::asio::error::would_block;
  }

  /// Ends our direction, then reads on for a while: bytes that nobody has read when the socket is
  /// closed make the kernel send a reset, which can destroy the answer on its way.
  void linger() {
    lingering_ = true;
    set_deadline(edge_.limits.linger_timeout);
    if constexpr (is_tls) {
      stream_.async_shutdown([self = this->shared_from_this()](Error) { self->close(); });
    } else {
      Error ignored;
      socket().shutdown(boost::asio::socket_base::shutdown_send, ignored);
      discard();
    }
  }

  void discard() {
    if (reading_) return;
    reading_ = true;
    stream_.async_read_some(boost::asio::buffer(edge_.discard),
                            [self = this->shared_from_this()](Error error, std::size_t size) {
                              self->on_read(error, size);
                            });
  }

  void linger_on(std::size_t size) {
    discarded_ += size;
    discarded_ > edge_.limits.body_bytes_max ? close() : discard();
  }

  void expire() {
    if (writing_ || lingering_ || handshaking_ || !conversation_.time_out()) return close();
    set_deadline(edge_.limits.answer_timeout);
    step();
  }

  /// Begins a new deadline when the connection has gone over to another phase or request.
  void update_deadline() {
    const auto phase = conversation_.phase();
    if (phase == Phase::streaming) quiet_until_ = edge_.now + edge_.limits.stream_quiet_max;
    // However long it is, something of it has to come.
    if (phase == Phase::receiving) set_deadline(edge_.limits.body_timeout);
    if (phase == phase_ && conversation_.sequence() == phase_sequence_) return;
    phase_ = phase;
    phase_sequence_ = conversation_.sequence();
    watching_ = false;
    switch (phase) {
      case Phase::idle:
        return set_deadline(edge_.limits.idle_timeout);
      case Phase::head:
        return set_deadline(edge_.limits.head_timeout);
      case Phase::body:
      case Phase::receiving:
        return set_deadline(edge_.limits.body_timeout);
      case Phase::answering:
        return set_deadline(conversation_.is_patient() ? edge_.limits.long_answer_timeout
                                                       : edge_.limits.answer_timeout);
      case Phase::streaming:
        deadline_ = EdgeContext::TimePoint::max();
        return;
    }
  }

  void set_deadline(std::chrono::milliseconds timeout) { deadline_ = edge_.now + timeout; }

  EdgeContext& edge_;
  Stream stream_;
  Conversation conversation_;
  /// What the socket wouldn't take at once.
  AnswerBatch outbox_;
  std::shared_ptr<StreamSession> self_;
  Next next_ = Next::read;
  Phase phase_ = Phase::idle;
  std::uint64_t phase_sequence_ = 0;
  EdgeContext::TimePoint deadline_, quiet_until_;
  std::size_t discarded_ = 0;
  bool handshaking_ = false, reading_ = false, writing_ = false, watching_ = false;
  bool lingering_ = false, closed_ = false, counted_ = false;
};

}  // namespace orrery
