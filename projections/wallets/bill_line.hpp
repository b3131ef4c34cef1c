#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "events/envelope.hpp"

namespace orrery {

/// What a line of the bill is about. The first two add to the balance, the others take from it.
BOOST_DEFINE_FIXED_ENUM_CLASS(BillLineKind, std::uint8_t, top_up, refund, order, renewal, usage,
                              volume_storage, image_storage)

/// One line of a customer's bill: one event that moved money, and why it did.
struct BillLine {
  /// Of the event.
  Position position = 0;
  Time time{};
  BillLineKind kind = BillLineKind::top_up;
  /// Never negative.
  std::int64_t amount_fen = 0;
  /// How much of it a coupon paid, and which; the balance paid the rest.
  std::int64_t coupon_fen = 0;
  std::string coupon_id;
  /// By how much this line moved the balance, below 0 where it was paid from it.
  std::int64_t balance_change_fen = 0;
  std::int64_t balance_after_fen = 0;
  /// Of orders, renewals, refunds and usage.
  std::string order_id;
  std::string instance_id;
  /// What it was charged for, in seconds since 1970: the hour or part of it that ran, or the day of
  /// Beijing that something was stored. 0 for the others.
  std::int64_t from_s = 0;
  std::int64_t until_s = 0;
  /// Of storage: that day's maximum.
  std::int64_t stored_gb = 0;
  /// Positions of the other events behind it, ascending: the order, the start and the end of what
  /// ran, what made what was stored, why something was given back. Each can be looked up in the
  /// log.
  std::vector<Position> causes;

  bool operator==(const BillLine&) const = default;
  BOOST_DESCRIBE_CLASS(BillLine, (),
                       (position, time, kind, amount_fen, coupon_fen, coupon_id, balance_change_fen,
                        balance_after_fen, order_id, instance_id, from_s, until_s, stored_gb,
                        causes),
                       (), ())
};

/// The lines of [from, until), behind the position of the page before.
struct BillQuery {
  Time from{};
  Time until = Time::max();
  Position after = 0;
  std::size_t line_count_max = 1'000;
};

}  // namespace orrery
