#include "http/server/incoming_body.hpp"

#include <utility>

namespace orrery {

IncomingBody::IncomingBody(std::shared_ptr<RequestMemory> memory) : memory_(std::move(memory)) {}

IncomingBody::~IncomingBody() {
  if (memory_) memory_->fetch_sub(held_.size(), std::memory_order_relaxed);
}

void IncomingBody::listen(std::function<void()> told) {
  {
    const std::scoped_lock lock(mutex_);
    told_ = std::move(told);
  }
  tell();
}

IncomingBody::State IncomingBody::take(std::string& out) {
  const std::scoped_lock lock(mutex_);
  const bool was_full = held_.size() >= held_bytes_max;
  if (memory_) memory_->fetch_sub(held_.size(), std::memory_order_relaxed);
  out.append(held_);
  held_.clear();
  if (was_full && waker_) waker_();
  return state_;
}

bool IncomingBody::has_room() const {
  const std::scoped_lock lock(mutex_);
  return held_.size() < held_bytes_max;
}

void IncomingBody::put(std::string_view bytes) {
  {
    const std::scoped_lock lock(mutex_);
    held_.append(bytes);
    if (memory_) memory_->fetch_add(bytes.size(), std::memory_order_relaxed);
  }
  tell();
}

void IncomingBody::end(State state) {
  {
    const std::scoped_lock lock(mutex_);
    if (state_ != State::coming) return;
    state_ = state;
  }
  tell();
}

void IncomingBody::attach(std::function<void()> waker) {
  const std::scoped_lock lock(mutex_);
  waker_ = std::move(waker);
}

/// Outside the lock: who is told may take at once.
void IncomingBody::tell() const {
  std::function<void()> told;
  {
    const std::scoped_lock lock(mutex_);
    told = told_;
  }
  if (told) told();
}

void StreamedHandler::operator()(const Request& request, const Responder& respond) const {
  auto body = std::make_shared<IncomingBody>();
  body->put(request.body);
  body->end(IncomingBody::State::complete);
  handle(request, std::move(body), respond);
}

}  // namespace orrery
