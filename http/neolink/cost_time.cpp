#include "http/neolink/cost_time.hpp"

#include <charconv>

#include "events/folds/billing_terms.hpp"

namespace orrery::neolink {

namespace {

std::optional<SellingType> unit_of(char letter) {
  switch (letter) {
    case 'M':
      return SellingType::monthly;
    case 'W':
      return SellingType::weekly;
    case 'D':
      return SellingType::daily;
    default:
      return std::nullopt;
  }
}

}  // namespace

std::optional<CostTime> read_cost_time(std::string_view text) {
  CostTime time;
  time.extends = text.starts_with('+');
  if (time.extends) text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  const auto unit = unit_of(text.back());
  const auto* end = text.data() + text.size() - 1;
  const auto parsed = std::from_chars(text.data(), end, time.period_count);
  if (!unit || parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  if (time.period_count < 1 || time.period_count > period_count_max) return std::nullopt;
  time.unit = *unit;
  return time;
}

std::string_view cost_time_example(SellingType type) {
  switch (type) {
    case SellingType::monthly:
      return "3M";
    case SellingType::weekly:
      return "3W";
    case SellingType::daily:
      return "3D";
    case SellingType::pay_as_you_go:
      break;
  }
  return "";
}

}  // namespace orrery::neolink
