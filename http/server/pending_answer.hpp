#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "http/server/mailbox.hpp"
#include "http/server/request_reader.hpp"
#include "http/server/responder.hpp"

namespace orrery {

/// An answer as a handler gave it.
struct GivenAnswer {
  Response response;
  std::shared_ptr<ResponseStream> stream;
  /// The handler went away without an answer.
  bool dropped = false;
};

/// Where answers come home to. On the worker's thread.
class AnswerTaker {
 public:
  virtual ~AnswerTaker() = default;
  /// `sequence` names the request; an answer to any but the one in hand is stale.
  virtual void take_answer(std::uint64_t sequence, GivenAnswer answer) = 0;
};

/// What the copies of a Responder share: the state of one request's answer, and a hold on the
/// request's memory until it is given.
class PendingAnswer {
 public:
  struct Home {
    std::weak_ptr<AnswerTaker> taker;
    std::shared_ptr<Mailbox> mailbox;
    std::shared_ptr<const RequestReader> request;
    std::uint64_t sequence = 0;
  };

  /// Another hand on the way: an answer that is looked at before it is given.
  struct Relay {
    /// Called once, on the thread that answers.
    std::function<void(GivenAnswer)> take;
    std::function<bool()> is_wanted;
  };

  explicit PendingAnswer(Home home) : home_(std::move(home)) {}
  explicit PendingAnswer(Relay relay) : relay_(std::move(relay)) {}
  ~PendingAnswer();

  void give(GivenAnswer answer);
  bool is_wanted() const { return relay_.take ? relay_.is_wanted() : !home_.taker.expired(); }

  /// While a handler is being called, its answer is put straight into the caller's hand: no locks,
  /// no trip through the event loop. One at a time on each thread.
  class Call {
   public:
    Call();
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    void expect(const PendingAnswer& pending) { pending_ = &pending; }
    std::optional<GivenAnswer> answer;

   private:
    friend class PendingAnswer;
    const PendingAnswer* pending_ = nullptr;
    Call* outer_;
  };

 private:
  Home home_;
  Relay relay_;
  std::atomic<bool> given_{false};
};

}  // namespace orrery
