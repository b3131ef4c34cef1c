#include "actors/batch/timeline.hpp"

#include <algorithm>

namespace orrery::batch {
namespace {

std::int64_t sum(std::int64_t at_s, std::int64_t duration_s) {
  return at_s > never_s - duration_s ? never_s : at_s + duration_s;
}

}  // namespace

std::size_t Timeline::step_at(std::int64_t at_s) const {
  const auto after =
      std::upper_bound(steps_.begin(), steps_.end(), at_s,
                       [](std::int64_t moment, const Step& step) { return moment < step.from_s; });
  return after == steps_.begin() ? 0 : static_cast<std::size_t>(after - steps_.begin()) - 1;
}

std::size_t Timeline::cut(std::int64_t at_s) {
  const auto step = step_at(at_s);
  if (steps_[step].from_s >= at_s) return step;
  steps_.insert(steps_.begin() + static_cast<std::ptrdiff_t>(step) + 1, {at_s, steps_[step].free});
  return step + 1;
}

template <class Change>
void Timeline::change(std::int64_t from_s, std::int64_t until_s, Change change) {
  from_s = std::max(from_s, steps_.front().from_s);
  if (until_s <= from_s) return;
  auto step = cut(from_s);
  const auto end = until_s == never_s ? steps_.size() : cut(until_s);
  for (; step < end; ++step) change(steps_[step].free);
}

void Timeline::take(std::int64_t from_s, std::int64_t until_s, const Room& room) {
  change(from_s, until_s, [&](Room& free) { free -= room; });
}

void Timeline::give_back(std::int64_t from_s, std::int64_t until_s, const Room& room) {
  change(from_s, until_s, [&](Room& free) { free += room; });
}

std::int64_t Timeline::fits_until(std::int64_t from_s, const Room& need) const {
  for (auto step = step_at(from_s); step < steps_.size(); ++step)
    if (!need.fits_in(steps_[step].free)) return std::max(from_s, steps_[step].from_s);
  return never_s;
}

std::int64_t Timeline::earliest(std::int64_t from_s, std::int64_t duration_s,
                                const Room& need) const {
  auto start_s = never_s;
  for (auto step = step_at(from_s); step < steps_.size(); ++step) {
    if (!need.fits_in(steps_[step].free)) {
      start_s = never_s;
      continue;
    }
    if (start_s == never_s) start_s = std::max(from_s, steps_[step].from_s);
    if (end_of(step) >= sum(start_s, duration_s)) return start_s;
  }
  return never_s;
}

void Timeline::add_moments(std::int64_t after_s, std::vector<std::int64_t>& moments) const {
  for (const auto& step : steps_)
    if (step.from_s > after_s) moments.push_back(step.from_s);
}

}  // namespace orrery::batch
