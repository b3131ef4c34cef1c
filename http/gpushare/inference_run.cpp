#include "http/gpushare/inference_run.hpp"

#include <utility>

#include "http/server/response_stream.hpp"

namespace orrery::gpushare {

bool InferenceRun::append(std::string_view piece) {
  const std::scoped_lock lock(mutex_);
  if (end_ || ends_.size() == piece_count_max) return false;
  if (piece.size() > text_bytes_max - text_.size()) return false;
  text_.append(piece);
  ends_.push_back(static_cast<std::uint32_t>(text_.size()));
  return true;
}

void InferenceRun::restart() {
  const std::scoped_lock lock(mutex_);
  text_.clear();
  ends_.clear();
}

void InferenceRun::finish(InferenceEnd end) {
  std::function<void()> released;  // It may hold the last reference to whatever it was for.
  {
    const std::scoped_lock lock(mutex_);
    if (end_) return;
    end_ = std::move(end);
    released = std::exchange(on_gone_, nullptr);
  }
  wake();
}

void InferenceRun::on_reader_gone(std::function<void()> on_gone) {
  const std::scoped_lock lock(mutex_);
  if (!end_) on_gone_ = std::move(on_gone);
}

std::string InferenceRun::text() const {
  const std::scoped_lock lock(mutex_);
  return text_;
}

std::uint32_t InferenceRun::piece_count() const {
  const std::scoped_lock lock(mutex_);
  return static_cast<std::uint32_t>(ends_.size());
}

std::optional<InferenceEnd> InferenceRun::read(
    Cursor& cursor, std::size_t bytes_max,
    const std::function<void(std::string_view)>& take) const {
  const std::scoped_lock lock(mutex_);
  const auto until = cursor.offset + bytes_max;
  while (cursor.piece < ends_.size() && cursor.offset < until) {
    const auto end = ends_[cursor.piece++];
    take(std::string_view(text_).substr(cursor.offset, end - cursor.offset));
    cursor.offset = end;
  }
  return cursor.piece == ends_.size() ? end_ : std::nullopt;
}

void InferenceRun::watch(std::weak_ptr<ResponseStream> reader) {
  const std::scoped_lock lock(mutex_);
  reader_ = std::move(reader);
}

void InferenceRun::leave() {
  std::function<void()> on_gone;
  {
    const std::scoped_lock lock(mutex_);
    on_gone = std::exchange(on_gone_, nullptr);
  }
  if (on_gone) on_gone();
}

void InferenceRun::wake() {
  std::shared_ptr<ResponseStream> reader;
  {
    const std::scoped_lock lock(mutex_);
    reader = reader_.lock();
  }
  if (reader) reader->wake();
}

}  // namespace orrery::gpushare
