#include "actors/batch/shape_book.hpp"

#include <utility>

#include "events/archive.hpp"

namespace orrery::batch {

std::uint32_t ShapeBook::add(Shape shape) {
  std::string key;
  ByteWriter{key}(shape);
  if (const auto known = index_.find(key); known != index_.end()) {
    ++entries_[known->second].job_count;
    return known->second;
  }
  auto number = static_cast<std::uint32_t>(entries_.size());
  if (unused_.empty()) {
    entries_.emplace_back();
  } else {
    number = unused_.back();
    unused_.pop_back();
  }
  index_.emplace(key, number);
  entries_[number] = {std::move(shape), std::move(key), 1};
  ++change_count_;
  return number;
}

void ShapeBook::remove(std::uint32_t number) {
  auto& entry = entries_[number];
  if (--entry.job_count != 0) return;
  index_.erase(entry.key);
  entry = {};
  unused_.push_back(number);
}

}  // namespace orrery::batch
