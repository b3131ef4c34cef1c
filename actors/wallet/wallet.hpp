#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "actors/runtime/decision.hpp"
#include "events/wallet_events.hpp"

namespace orrery {

/// The rules of one customer's money: what is paid in, what is ordered, what is charged. All of a
/// customer's money is in one stream, so nothing is spent twice. Pure; money in fen, moments in
/// seconds since 1970, formulas in events/folds/billing_terms.hpp.
///
/// Orders need money; charges don't: they may leave the balance below 0, and the wallet in debt.
struct Wallet {
  static constexpr std::string_view stream_prefix = "wallet";
  /// Ten million CNY at once.
  static constexpr std::int64_t amount_fen_max = 1'000'000'000;
  /// With something left of them.
  static constexpr std::size_t coupon_count_max = 1'000;

  struct Open {
    WalletOpened wallet;
  };
  struct TopUp {
    WalletToppedUp payment;
  };
  struct GrantCoupon {
    CouponGranted coupon;
  };
  /// `paid_fen` is decided here.
  struct PlaceOrder {
    OrderPlaced order;
    std::int64_t now_s = 0;
  };
  struct Renew {
    OrderRenewed renewal;
    std::int64_t now_s = 0;
  };
  /// The instance of the order never ran and never will: all that was paid for it is given back. Or
  /// it was being deleted already when these renewals were paid: they are given back. Either way
  /// the order has ended.
  struct Refund {
    std::string order_id;
    std::string reason;
    std::vector<std::string> only_renewals = {};
  };
  /// A span in which a pay-as-you-go instance ran; the caller sees to it that it is within one hour
  /// of the clock. What of it was charged before is not charged again.
  struct ChargeUsage {
    std::string order_id;
    std::int64_t from_s = 0;
    std::int64_t until_s = 0;
    std::vector<std::uint64_t> causes;
  };
  /// Days are charged in order; one before the last that was charged is not charged again.
  struct ChargeStorage {
    StoredThing thing = StoredThing::volumes;
    std::int64_t day = 0;
    std::int64_t stored_gb = 0;
    std::vector<std::uint64_t> causes;
  };
  /// The instance of the order is gone, and everything about it was charged.
  struct CloseOrder {
    std::string order_id;
  };
  using Command = std::variant<Open, TopUp, GrantCoupon, PlaceOrder, Renew, Refund, ChargeUsage,
                               ChargeStorage, CloseOrder>;
  using Event = WalletEvent;
  enum class Rejection : std::uint8_t {
    wallet_does_not_exist,
    wallet_exists_already,
    amount_is_out_of_range,
    top_up_was_another,
    too_many_coupons,
    coupon_was_another,
    coupon_does_not_exist,
    coupon_has_expired,
    coupon_is_spent,
    coupon_is_for_pay_as_you_go_only,
    period_count_is_out_of_range,
    wallet_is_in_debt,
    balance_is_too_low,
    order_exists_already,
    order_does_not_exist,
    order_has_ended,
    order_is_not_paid_in_advance,
    order_is_paid_in_advance,
  };
  BOOST_DESCRIBE_NESTED_ENUM(Rejection, wallet_does_not_exist, wallet_exists_already,
                             amount_is_out_of_range, top_up_was_another, too_many_coupons,
                             coupon_was_another, coupon_does_not_exist, coupon_has_expired,
                             coupon_is_spent, coupon_is_for_pay_as_you_go_only,
                             period_count_is_out_of_range, wallet_is_in_debt, balance_is_too_low,
                             order_exists_already, order_does_not_exist, order_has_ended,
                             order_is_not_paid_in_advance, order_is_paid_in_advance)

  struct Coupon {
    std::int64_t granted_fen = 0;
    std::int64_t remaining_fen = 0;
    std::int64_t expires_at_s = 0;

    bool operator==(const Coupon&) const = default;
    BOOST_DESCRIBE_CLASS(Coupon, (), (granted_fen, remaining_fen, expires_at_s), (), ())
  };
  using Coupons = std::map<std::string, Coupon>;

  /// One whose instance isn't gone.
  struct Order {
    std::string instance_id;
    std::string request_digest;
    OrderTerms terms;
    /// With renewals.
    std::int64_t paid_fen = 0;
    /// What each cost, by its id.
    std::map<std::string, std::int64_t> renewals;
    /// The customer's choice.
    std::string coupon_id;
    std::int64_t charged_until_s = 0;

    bool operator==(const Order&) const = default;
    BOOST_DESCRIBE_CLASS(Order, (),
                         (instance_id, request_digest, terms, paid_fen, renewals, coupon_id,
                          charged_until_s),
                         (), ())
  };

  struct Absent {
    bool operator==(const Absent&) const = default;
    BOOST_DESCRIBE_CLASS(Absent, (), (), (), ())
  };
  struct Opened {
    std::string account_id;
    std::int64_t balance_fen = 0;
    /// Of every payment, by its id.
    std::map<std::string, std::int64_t> top_ups;
    Coupons coupons;
    std::map<std::string, Order> orders;
    std::set<std::string> ended_orders;
    /// The last day of each.
    std::map<StoredThing, std::int64_t> charged_days;

    bool operator==(const Opened&) const = default;
    BOOST_DESCRIBE_CLASS(Opened, (),
                         (account_id, balance_fen, top_ups, coupons, orders, ended_orders,
                          charged_days),
                         (), ())
  };
  using State = std::variant<Absent, Opened>;

  static Decision<Event, Rejection> decide(const State& state, const Command& command);
  static State evolve(State state, const Event& event);
  static bool is_terminal(const State&) { return false; }
};

/// The coupon that pays a charge of this amount at this moment, as the customer agreement has it:
/// `preferred` while it can; else the first to expire that covers all of it; else the first to
/// expire; of those that expire together the smaller one. Null where none is left.
const Wallet::Coupons::value_type* paying_coupon(const Wallet::Coupons& coupons,
                                                 const std::string& preferred,
                                                 std::int64_t amount_fen, std::int64_t at_s);

}  // namespace orrery
