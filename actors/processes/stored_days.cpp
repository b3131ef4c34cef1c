#include "actors/processes/stored_days.hpp"

#include <algorithm>
#include <utility>

namespace orrery {

void StoredDays::add(std::int64_t day, std::uint64_t bytes, Position cause) {
  auto after = level();
  after.bytes += bytes;
  if (after.causes.size() < cause_count_max) after.causes.push_back(cause);
  change(day, std::move(after));
}

void StoredDays::remove(std::int64_t day, std::uint64_t bytes, Position cause) {
  auto after = level();
  after.bytes -= std::min(bytes, after.bytes);
  std::erase(after.causes, cause);
  change(day, std::move(after));
}

void StoredDays::charged(std::int64_t day) {
  first_day_ = std::max(first_day_, day + 1);
  while (spans_.size() > 1 && spans_[1].day <= first_day_) spans_.erase(spans_.begin());
}

std::optional<StoredDays::Day> StoredDays::next() const {
  for (std::size_t i = 0; i < spans_.size(); ++i) {
    const auto day = std::max(spans_[i].day, first_day_);
    if (i + 1 < spans_.size() && spans_[i + 1].day <= day) continue;
    if (amount_fen(spans_[i]) > 0) return Day{day, gb_of_bytes(spans_[i].bytes), spans_[i].causes};
  }
  return std::nullopt;
}

std::int64_t StoredDays::amount_fen(const Span& span) const {
  return storage_amount_fen(thing_, gb_of_bytes(span.bytes));
}

StoredDays::Span StoredDays::level() const { return spans_.empty() ? Span{} : spans_.back(); }

void StoredDays::change(std::int64_t day, Span level_after) {
  if (spans_.empty() || spans_.back().day <= day) {
    auto today = level();
    today.day = day;
    if (!spans_.empty() && spans_.back().day == day) spans_.pop_back();
    spans_.push_back(std::move(today));
    spans_.emplace_back();
  }
  // The last but one is today, the last is tomorrow.
  auto& today = spans_[spans_.size() - 2];
  if (level_after.bytes > today.bytes) {
    today.bytes = level_after.bytes;
    today.causes = level_after.causes;
  }
  level_after.day = day + 1;
  spans_.back() = std::move(level_after);
  // Before today nothing changes any more: what cost nothing needs no remembering.
  while (spans_[1].day <= day && amount_fen(spans_.front()) == 0) spans_.erase(spans_.begin());
}

}  // namespace orrery
