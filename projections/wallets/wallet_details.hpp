#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "events/folds/billing_terms.hpp"

namespace orrery {

/// A customer's money. Where the balance is below 0, the customer is in debt.
struct WalletDetails {
  std::string namespace_id;
  /// Of the person who manages it; empty where operators alone do.
  std::string account_id;
  Time opened_at{};
  std::int64_t balance_fen = 0;
  /// Of the wallet's stream.
  Version version = 0;

  bool in_debt() const { return balance_fen < 0; }
  BOOST_DESCRIBE_CLASS(WalletDetails, (),
                       (namespace_id, account_id, opened_at, balance_fen, version), (), ())
};

/// A coupon, and what is left of it.
struct CouponDetails {
  std::string coupon_id;
  std::int64_t granted_fen = 0;
  std::int64_t left_fen = 0;
  std::int64_t expires_at_s = 0;

  bool is_usable(std::int64_t at_s) const { return left_fen > 0 && at_s < expires_at_s; }
  bool operator==(const CouponDetails&) const = default;
  BOOST_DESCRIBE_CLASS(CouponDetails, (), (coupon_id, granted_fen, left_fen, expires_at_s), (), ())
};

/// An order and what has become of it.
struct OrderDetails {
  std::string namespace_id;
  /// Of `placed`.
  Position position = 0;
  Time placed_at{};
  OrderPlaced placed;
  /// What was renewed, in order.
  std::vector<std::string> renewal_ids;
  /// Of an order that is paid for in advance.
  PrepaidTerm term;
  /// For what ran, coupons' part included.
  std::int64_t charged_fen = 0;
  /// What ran before is charged; 0 where nothing was yet.
  std::int64_t charged_until_s = 0;
  std::int64_t refunded_fen = 0;
  /// The instance is gone, and all is charged.
  bool closed = false;

  BOOST_DESCRIBE_CLASS(OrderDetails, (),
                       (namespace_id, position, placed_at, placed, renewal_ids, term, charged_fen,
                        charged_until_s, refunded_fen, closed),
                       (), ())
};

}  // namespace orrery
