#include "projections/wallets/bill.hpp"

#include <algorithm>

namespace orrery {

void Bill::add(Line line, const std::vector<Position>& causes) {
  causes_.insert(causes_.end(), causes.begin(), causes.end());
  line.causes_end = causes_.size();
  lines_.push_back(line);
}

Bill::Range Bill::find(const BillQuery& query) const {
  const auto from_us = query.from.time_since_epoch().count();
  const auto until_us = query.until.time_since_epoch().count();
  const auto first = std::ranges::partition_point(lines_, [&](const Line& line) {
    return line.time_us < from_us || line.position <= query.after;
  });
  const auto last = std::partition_point(first, lines_.end(),
                                         [&](const Line& line) { return line.time_us < until_us; });
  const auto index = static_cast<std::size_t>(first - lines_.begin());
  const auto count = static_cast<std::size_t>(last - first);
  return {index, index + std::min(count, query.line_count_max)};
}

std::vector<Position> Bill::causes(std::size_t index) const {
  const auto begin = index == 0 ? 0 : lines_[index - 1].causes_end;
  const auto at = [&](std::uint64_t offset) {
    return causes_.begin() + static_cast<std::ptrdiff_t>(offset);
  };
  return {at(begin), at(lines_[index].causes_end)};
}

}  // namespace orrery
