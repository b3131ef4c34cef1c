#include "http/server/pending_answer.hpp"

namespace orrery {

namespace {

thread_local PendingAnswer::Call* current_call = nullptr;

}  // namespace

PendingAnswer::Call::Call() : outer_(current_call) { current_call = this; }

PendingAnswer::Call::~Call() { current_call = outer_; }

PendingAnswer::~PendingAnswer() { give({.response = {}, .stream = nullptr, .dropped = true}); }

void PendingAnswer::give(GivenAnswer answer) {
  if (given_.exchange(true, std::memory_order_relaxed)) return;
  if (current_call != nullptr && current_call->pending_ == this) {
    current_call->answer = std::move(answer);
    return;
  }
  if (relay_.take) return relay_.take(std::move(answer));
  // Only the worker may lock the taker: a last reference must not end on a foreign thread.
  auto shared = std::make_shared<GivenAnswer>(std::move(answer));
  home_.mailbox->post([taker = home_.taker, sequence = home_.sequence, shared] {
    if (const auto alive = taker.lock()) alive->take_answer(sequence, std::move(*shared));
  });
}

void Responder::operator()(Response response) const {
  pending_->give({.response = std::move(response), .stream = nullptr, .dropped = false});
}

void Responder::operator()(Response head, std::shared_ptr<ResponseStream> stream) const {
  pending_->give({.response = std::move(head), .stream = std::move(stream), .dropped = false});
}

bool Responder::is_wanted() const { return pending_->is_wanted(); }

}  // namespace orrery
