#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/server/edge_context.hpp"
#include "http/server/incoming_body.hpp"
#include "http/server/pending_answer.hpp"
#include "http/server/request_reader.hpp"

namespace orrery {

/// All of a connection but its socket: bytes in, answers out. The session moves the bytes and
/// watches the time.
///
/// Requests are handled one after the other: while a handler owes its answer, what was pipelined
/// behind waits in the buffer. So answers are in order, a pipelined GET sees the POST before it,
/// and the memory of a connection is bounded. Answers that are given at once are gathered into one
/// batch.
class Conversation {
 public:
  /// What the session does after it has sent the batch.
  enum class Next {
    /// Read on.
    read,
    /// Run again: more could be handled, but others come first.
    again,
    /// A handler owes an answer, or a stream has nothing to say: wait for `take_answer` or a wake.
    wait,
    /// Close the connection.
    close,
  };

  /// What the connection spends its time with.
  enum class Phase {
    idle,
    head,
    body,
    /// A handler takes the body as it comes.
    receiving,
    answering,
    streaming,
  };

  explicit Conversation(EdgeContext& edge);
  /// Stops.
  ~Conversation();

  /// Sets where late answers go, and what wakes a stream's session (called on any thread). `peer`:
  /// as in `Request`.
  void bind(std::weak_ptr<AnswerTaker> taker, std::function<void()> waker, std::string peer = {});

  /// Where the next bytes go. Not while an answer is owed, unless in phase `receiving`.
  std::span<char> space() { return reader_->space(); }
  void received(std::size_t size) { reader_->received(size); }

  /// Handles what has come, and appends what is to be sent.
  Next run(AnswerBatch& batch);

  /// A late answer; false where it is stale.
  bool take_answer(std::uint64_t sequence, GivenAnswer answer);

  /// The phase has taken too long: the next `run` says so. False where there is nothing to say.
  bool time_out();

  /// Appends a stream's sign of life.
  void keep_alive(AnswerBatch& batch);

  /// Detaches from handlers and streams: the connection is gone.
  void stop();

  Phase phase() const;
  /// While a handler owes an answer: whether it may take long, and the client's going matters.
  bool is_patient() const;
  /// Counts the requests; with the phase it tells when a new deadline begins.
  std::uint64_t sequence() const { return sequence_; }

 private:
  using Clock = std::chrono::steady_clock;

  void handle_request(AnswerBatch& batch);
  void handle_broken(AnswerBatch& batch);
  void handle_abandoned(AnswerBatch& batch);
  void refuse(Fault fault, const Handler* fallback, AnswerBatch& batch);
  void call(const Handler& handler, AnswerBatch& batch);
  void start_body();
  Next feed_body(AnswerBatch& batch);
  void end_body(IncomingBody::State state);
  void finish(GivenAnswer answer, AnswerBatch& batch);
  void start_stream(std::shared_ptr<ResponseStream> stream, std::optional<std::uint64_t> length);
  Next run_stream(AnswerBatch& batch);
  void append_piece(AnswerBatch& batch, std::string_view piece);
  void identify_request();
  void next_request();

  EdgeContext& edge_;
  /// Shared with the responders, because requests live in it.
  std::shared_ptr<RequestReader> reader_;
  std::weak_ptr<AnswerTaker> taker_;
  std::function<void()> waker_;

  std::uint64_t sequence_ = 1;
  /// A handler owes the answer to request `sequence_`; or it has come.
  bool awaiting_ = false;
  std::optional<GivenAnswer> given_;
  /// The handler took too long.
  bool abandoned_ = false;
  /// This request's answer is the connection's last; it has been given.
  bool last_ = false, closing_ = false;

  std::uint32_t route_ = Router::no_route;
  std::string_view allow_;
  Clock::time_point started_;

  /// Of the request in hand, while it comes in pieces.
  std::shared_ptr<IncomingBody> body_;

  std::shared_ptr<ResponseStream> stream_;
  bool stream_in_chunks_ = false;
  /// What the stream still owes of the length that it has announced.
  std::optional<std::uint64_t> stream_left_;
  std::string piece_;
};

}  // namespace orrery
