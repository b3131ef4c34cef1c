#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "events/instance_events.hpp"
#include "events/offer_events.hpp"

namespace orrery {

// Money is whole fen: 100 fen are 1 CNY. Moments are whole seconds since 1970 (UTC).

/// A customer of the NeoLink dialect can pay from now on, and owns a namespace. Stream:
/// wallet/<namespace id>, the "user id" of the dialect.
struct WalletOpened {
  /// The person who manages it; empty where operators alone do.
  std::string account_id;

  bool operator==(const WalletOpened&) const = default;
  BOOST_DESCRIBE_CLASS(WalletOpened, (), (account_id), (), ())
};

/// Money was paid in. It is never paid out again.
struct WalletToppedUp {
  /// Names the payment; the same one counts once.
  std::string top_up_id;
  std::int64_t amount_fen = 0;

  bool operator==(const WalletToppedUp&) const = default;
  BOOST_DESCRIBE_CLASS(WalletToppedUp, (), (top_up_id, amount_fen), (), ())
};

/// The customer has a coupon; it pays, until it is spent or expired, before the balance does.
struct CouponGranted {
  std::string coupon_id;
  std::int64_t amount_fen = 0;
  std::int64_t expires_at_s = 0;

  bool operator==(const CouponGranted&) const = default;
  BOOST_DESCRIBE_CLASS(CouponGranted, (), (coupon_id, amount_fen, expires_at_s), (), ())
};

/// At which price, frozen when the order was placed.
struct OrderTerms {
  SellingType selling_type = SellingType::pay_as_you_go;
  /// Of the SKU, for an hour, month, week or day.
  std::int64_t price_fen = 0;
  Discount discount;

  bool operator==(const OrderTerms&) const = default;
  BOOST_DESCRIBE_CLASS(OrderTerms, (), (selling_type, price_fen, discount), (), ())
};

/// A customer has ordered an instance; it is made next. Where it is paid for in advance, it is paid
/// for now.
struct OrderPlaced {
  std::string order_id;
  std::string instance_id;
  InstanceSpecification specification;
  OrderTerms terms;
  /// Months, weeks or days paid for; 0 for pay-as-you-go.
  std::uint32_t period_count = 0;
  std::int64_t paid_fen = 0;
  /// The customer's choice for what is metered; empty for none.
  std::string coupon_id;
  /// As the customer wrote it ("3D"), and other words that are only shown again.
  std::string cost_time;
  std::string disk_sku_id;
  /// Digest of the request behind it, as in `OperationStarted`.
  std::string request_digest;

  bool operator==(const OrderPlaced&) const = default;
  BOOST_DESCRIBE_CLASS(OrderPlaced, (),
                       (order_id, instance_id, specification, terms, period_count, paid_fen,
                        coupon_id, cost_time, disk_sku_id, request_digest),
                       (), ())
};

/// What was paid for in advance lasts longer: from its end, or from now where it has ended.
struct OrderRenewed {
  /// Of the first order of the instance.
  std::string order_id;
  std::string renewal_id;
  std::string instance_id;
  OrderTerms terms;
  std::uint32_t period_count = 0;
  std::int64_t paid_fen = 0;
  std::string request_digest;

  bool operator==(const OrderRenewed&) const = default;
  BOOST_DESCRIBE_CLASS(OrderRenewed, (),
                       (order_id, renewal_id, instance_id, terms, period_count, paid_fen,
                        request_digest),
                       (), ())
};

/// The instance of the order never ran: what was paid for it is given back.
struct OrderRefunded {
  std::string order_id;
  std::int64_t refund_fen = 0;
  /// Code of `InstanceFailed`.
  std::string reason;

  bool operator==(const OrderRefunded&) const = default;
  BOOST_DESCRIBE_CLASS(OrderRefunded, (), (order_id, refund_fen, reason), (), ())
};

/// The instance of the order is gone, and all of it is charged.
struct OrderClosed {
  std::string order_id;

  bool operator==(const OrderClosed&) const = default;
  BOOST_DESCRIBE_CLASS(OrderClosed, (), (order_id), (), ())
};

/// What ran was charged: seconds of a pay-as-you-go instance, within one hour of the clock.
struct UsageCharged {
  std::string order_id;
  std::int64_t from_s = 0;
  std::int64_t until_s = 0;
  std::int64_t amount_fen = 0;
  /// How much of it a coupon paid, and which; the balance paid the rest.
  std::int64_t coupon_fen = 0;
  std::string coupon_id;
  /// Positions of the events behind it: the order, the start and the end of the run.
  std::vector<std::uint64_t> causes;

  bool operator==(const UsageCharged&) const = default;
  BOOST_DESCRIBE_CLASS(UsageCharged, (),
                       (order_id, from_s, until_s, amount_fen, coupon_fen, coupon_id, causes), (),
                       ())
};

/// What is stored: data volumes, or saved images beyond what is free.
BOOST_DEFINE_FIXED_ENUM_CLASS(StoredThing, std::uint8_t, volumes, images)

/// What was stored on one day was charged, by that day's maximum.
struct StorageCharged {
  StoredThing thing = StoredThing::volumes;
  /// Days since 1970, by the clock of Beijing (UTC+8).
  std::int64_t day = 0;
  /// The maximum.
  std::int64_t stored_gb = 0;
  /// As in `UsageCharged`.
  std::int64_t amount_fen = 0;
  std::int64_t coupon_fen = 0;
  std::string coupon_id;
  /// Positions of the events that made what was stored then.
  std::vector<std::uint64_t> causes;

  bool operator==(const StorageCharged&) const = default;
  BOOST_DESCRIBE_CLASS(StorageCharged, (),
                       (thing, day, stored_gb, amount_fen, coupon_fen, coupon_id, causes), (), ())
};

using WalletEvent =
    std::variant<WalletOpened, WalletToppedUp, CouponGranted, OrderPlaced, OrderRenewed,
                 OrderRefunded, OrderClosed, UsageCharged, StorageCharged>;

}  // namespace orrery
