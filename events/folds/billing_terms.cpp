#include "events/folds/billing_terms.hpp"

#include <algorithm>
#include <chrono>

namespace orrery {
namespace {

constexpr std::int64_t ratio_whole = 10'000;

/// Wide enough for a price times seconds.
__extension__ using Wide = __int128;

std::int64_t floor_ratio(std::int64_t number, std::int64_t divisor) {
  const auto ratio = number / divisor;
  return number % divisor < 0 ? ratio - 1 : ratio;
}

/// Of what isn't negative, half up.
std::int64_t rounded_ratio(Wide number, std::int64_t divisor) {
  return static_cast<std::int64_t>((number + divisor / 2) / divisor);
}

/// Seconds of [from_s, until_s) that are within the window of the discount.
std::int64_t discounted_seconds(const Discount& discount, std::int64_t from_s,
                                std::int64_t until_s) {
  if (discount.id.empty()) return 0;
  const auto from = std::max(from_s, discount.starts_at_s);
  const auto until = std::min(until_s, discount.ends_at_s);
  return std::max<std::int64_t>(until - from, 0);
}

std::int64_t months_later_s(std::int64_t from_s, std::uint32_t month_count) {
  const auto day = beijing_day(from_s);
  const auto time_of_day = from_s - beijing_midnight_s(day);
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  const auto month =
      date.year() / date.month() + std::chrono::months(static_cast<int>(month_count));
  const auto last =
      std::chrono::year_month_day_last(month.year(), month.month() / std::chrono::last);
  const auto clamped = month / std::min(date.day(), last.day());
  return beijing_midnight_s(std::chrono::sys_days(clamped).time_since_epoch().count()) +
         time_of_day;
}

}  // namespace

std::int64_t seconds_of(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

std::int64_t discounted_price_fen(std::int64_t price_fen, std::uint32_t ratio_e4) {
  return rounded_ratio(Wide{price_fen} * ratio_e4, ratio_whole);
}

bool discount_applies(const Discount& discount, std::int64_t at_s) {
  return discounted_seconds(discount, at_s, at_s + 1) != 0;
}

std::int64_t price_fen_at(const OrderTerms& terms, std::int64_t at_s) {
  return discount_applies(terms.discount, at_s)
             ? discounted_price_fen(terms.price_fen, terms.discount.ratio_e4)
             : terms.price_fen;
}

std::int64_t next_hour_s(std::int64_t at_s) {
  return (floor_ratio(at_s, seconds_per_hour) + 1) * seconds_per_hour;
}

std::vector<Span> hourly_spans(std::int64_t from_s, std::int64_t until_s) {
  std::vector<Span> spans;
  for (auto from = from_s; from < until_s; from = spans.back().until_s)
    spans.push_back({from, std::min(next_hour_s(from), until_s)});
  return spans;
}

std::int64_t metered_amount_fen(const OrderTerms& terms, std::int64_t from_s,
                                std::int64_t until_s) {
  if (until_s <= from_s) return 0;
  const auto discounted = discounted_seconds(terms.discount, from_s, until_s);
  const auto whole = until_s - from_s - discounted;
  const auto fen_seconds =
      Wide{discounted} * discounted_price_fen(terms.price_fen, terms.discount.ratio_e4) +
      Wide{whole} * terms.price_fen;
  if (fen_seconds <= 0) return 0;
  return std::max<std::int64_t>(1, rounded_ratio(fen_seconds, seconds_per_hour));
}

std::int64_t prepaid_amount_fen(const OrderTerms& terms, std::uint32_t period_count,
                                std::int64_t at_s) {
  return price_fen_at(terms, at_s) * period_count;
}

std::int64_t term_end_s(SellingType selling_type, std::uint32_t period_count, std::int64_t from_s) {
  switch (selling_type) {
    case SellingType::monthly:
      return months_later_s(from_s, period_count);
    case SellingType::weekly:
      return from_s + 7 * seconds_per_day * period_count;
    case SellingType::daily:
      return from_s + seconds_per_day * period_count;
    case SellingType::pay_as_you_go:
      break;
  }
  return from_s + seconds_per_hour * period_count;
}

void PrepaidTerm::pay(SellingType selling_type, std::uint32_t period_count, std::int64_t at_s) {
  if (begun())
    ends_at_s = term_end_s(selling_type, period_count, std::max(ends_at_s, at_s));
  else
    waiting.push_back({selling_type, period_count});
}

void PrepaidTerm::begin(std::int64_t at_s) {
  if (begun()) return;
  ends_at_s = at_s;
  for (const auto& paid : waiting)
    ends_at_s = term_end_s(paid.selling_type, paid.period_count, ends_at_s);
  waiting.clear();
}

std::int64_t beijing_day(std::int64_t at_s) {
  return floor_ratio(at_s + beijing_offset_s, seconds_per_day);
}

std::int64_t beijing_midnight_s(std::int64_t day) {
  return day * seconds_per_day - beijing_offset_s;
}

std::int64_t gb_of_bytes(std::uint64_t bytes) {
  constexpr std::uint64_t bytes_per_gb = 1'000'000'000;
  return static_cast<std::int64_t>(bytes / bytes_per_gb + (bytes % bytes_per_gb != 0 ? 1 : 0));
}

std::int64_t storage_amount_fen(StoredThing thing, std::int64_t stored_gb) {
  const auto free_gb = thing == StoredThing::images ? free_image_gb : 0;
  return std::max<std::int64_t>(stored_gb - free_gb, 0);
}

}  // namespace orrery
