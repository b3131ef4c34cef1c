#include "http/server/response_stream.hpp"

namespace orrery {

void ResponseStream::wake() {
  const std::scoped_lock lock(mutex_);
  if (waker_) waker_();
}

void ResponseStream::attach(std::function<void()> waker) {
  const std::scoped_lock lock(mutex_);
  waker_ = std::move(waker);
}

}  // namespace orrery
