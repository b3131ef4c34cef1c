#pragma once

#include <atomic>
#include <string>
#include <utility>

namespace orrery {

/// A place beside an immutable value for the bytes of an answer about it, rendered by whoever asks
/// first and kept as long as the value. Any thread, without a lock. A copy of the value is the
/// start of another one, so a copy of this is empty.
class PreparedText {
 public:
  PreparedText() = default;
  PreparedText(const PreparedText&) {}
  PreparedText& operator=(const PreparedText&) = delete;
  ~PreparedText() { delete text_.load(std::memory_order_acquire); }

  /// `render()` must give the same bytes whoever asks; where two ask at once, both may render.
  template <class Render>
  const std::string& text(Render&& render) const {
    if (const auto* kept = text_.load(std::memory_order_acquire)) return *kept;
    const auto* rendered = new std::string(std::forward<Render>(render)());
    const std::string* before = nullptr;
    if (text_.compare_exchange_strong(before, rendered, std::memory_order_acq_rel))
      return *rendered;
    delete rendered;
    return *before;
  }

 private:
  mutable std::atomic<const std::string*> text_{nullptr};
};

}  // namespace orrery
