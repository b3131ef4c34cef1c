#pragma once

#include <cstdint>
#include <vector>

#include <boost/describe.hpp>

#include "events/envelope.hpp"
#include "events/wallet_events.hpp"

namespace orrery {

// What things cost and how long they last: the formulas of docs/billing.md, in one place, for the
// wallet that charges, the process that meters, the views that show, and whoever checks them.
//
// Money is whole fen, moments are whole seconds since 1970 (UTC). Nothing is a fraction, and every
// result is exact up to the one rounding that is named.

inline constexpr std::int64_t seconds_per_hour = 3'600;
inline constexpr std::int64_t seconds_per_day = 86'400;
/// Days and months are those of Beijing, which has no summer time.
inline constexpr std::int64_t beijing_offset_s = 8 * seconds_per_hour;

/// The whole seconds of a moment, rounded down: how every moment of a bill is taken.
std::int64_t seconds_of(Time time);

// --- Prices ---

/// What is left of a price by the ratio of a discount, rounded half up.
std::int64_t discounted_price_fen(std::int64_t price_fen, std::uint32_t ratio_e4);

bool discount_applies(const Discount& discount, std::int64_t at_s);

/// For one hour, month, week or day, at that moment.
std::int64_t price_fen_at(const OrderTerms& terms, std::int64_t at_s);

// --- What runs: pay as you go ---

/// [from_s, until_s)
struct Span {
  std::int64_t from_s = 0;
  std::int64_t until_s = 0;

  bool operator==(const Span&) const = default;
  BOOST_DESCRIBE_CLASS(Span, (), (from_s, until_s), (), ())
};

/// The first full hour of the clock after that moment.
std::int64_t next_hour_s(std::int64_t at_s);

/// The span cut at each full hour of the clock, in order; nothing of no seconds. Each piece is
/// charged by itself, so that who charges late charges the same.
std::vector<Span> hourly_spans(std::int64_t from_s, std::int64_t until_s);

/// What [from_s, until_s) costs by the second at a price for an hour: the discounted price within
/// the window of the discount, the whole price outside. Rounded half up, once, and at least 1 fen
/// where it isn't for nothing. 0 for no seconds.
std::int64_t metered_amount_fen(const OrderTerms& terms, std::int64_t from_s, std::int64_t until_s);

// --- What is paid in advance ---

/// What so many months, weeks or days cost when they are ordered at that moment.
std::int64_t prepaid_amount_fen(const OrderTerms& terms, std::uint32_t period_count,
                                std::int64_t at_s);

/// More periods are never ordered at once.
inline constexpr std::uint32_t period_count_max = 1'000;

/// When a term of so many months, weeks or days is over that begins at `from_s`. Months are those
/// of the calendar in Beijing: to the same day and time of a later month, or to its last day where
/// it is shorter. Pay-as-you-go has no terms; its period is an hour.
std::int64_t term_end_s(SellingType selling_type, std::uint32_t period_count, std::int64_t from_s);

struct PaidPeriods {
  SellingType selling_type = SellingType::monthly;
  std::uint32_t period_count = 0;

  bool operator==(const PaidPeriods&) const = default;
  BOOST_DESCRIBE_CLASS(PaidPeriods, (), (selling_type, period_count), (), ())
};

/// How long an instance lasts that is paid for in advance: its term begins when it first runs, and
/// what is paid later is added at its end, or from then on where it is over already.
struct PrepaidTerm {
  /// 0 until it has begun.
  std::int64_t ends_at_s = 0;
  /// Paid before it began.
  std::vector<PaidPeriods> waiting;

  /// So many more periods are paid for.
  void pay(SellingType selling_type, std::uint32_t period_count, std::int64_t at_s);
  /// The instance runs. Only the first time counts.
  void begin(std::int64_t at_s);

  bool begun() const { return ends_at_s != 0; }
  bool is_over(std::int64_t at_s) const { return begun() && ends_at_s <= at_s; }

  bool operator==(const PrepaidTerm&) const = default;
  BOOST_DESCRIBE_CLASS(PrepaidTerm, (), (ends_at_s, waiting), (), ())
};

// --- What is stored ---

/// How many GB of saved images a customer has for nothing.
inline constexpr std::int64_t free_image_gb = 30;

/// The day in Beijing of a moment, in days since 1970.
std::int64_t beijing_day(std::int64_t at_s);

/// When that day begins.
std::int64_t beijing_midnight_s(std::int64_t day);

/// Bytes in GB of 10^9, rounded up.
std::int64_t gb_of_bytes(std::uint64_t bytes);

/// One day of so much at the day's maximum: 1 fen a GB, saved images beyond what is free.
std::int64_t storage_amount_fen(StoredThing thing, std::int64_t stored_gb);

}  // namespace orrery
