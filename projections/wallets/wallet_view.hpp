#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "events/folds/billing_terms.hpp"
#include "projections/runtime/view.hpp"
#include "projections/wallets/bill_line.hpp"

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

/// The wallets of all customers of the NeoLink dialect: balances, coupons, orders, and the bill,
/// whose every line names the events behind it. Whether a coupon has expired or a term is over is
/// the caller's to see, with a clock: a view knows none.
class WalletView : public View {
 public:
  WalletView();
  ~WalletView() override;

  std::optional<WalletDetails> find(std::string_view namespace_id) const;
  /// By namespace.
  std::vector<WalletDetails> all() const;
  /// Those that this person manages, by namespace.
  std::vector<WalletDetails> of_account(std::string_view account_id) const;

  /// Spent and expired ones too, in the order in which they are used up: by expiry, then by what
  /// was left, then by id.
  std::vector<CouponDetails> coupons(std::string_view namespace_id) const;
  /// What coupons that are usable then would pay.
  std::int64_t usable_coupons_fen(std::string_view namespace_id, std::int64_t at_s) const;

  std::optional<OrderDetails> order(std::string_view order_id) const;
  /// The order an instance was made for, closed ones too.
  std::optional<OrderDetails> order_of_instance(std::string_view instance_id) const;
  /// Newest first; closed ones too.
  std::vector<OrderDetails> orders(std::string_view namespace_id) const;

  /// The lines in [from, until), oldest first, at most `line_count_max` of them.
  std::vector<BillLine> bill(std::string_view namespace_id, Time from, Time until,
                             std::size_t line_count_max) const;

  std::string_view name() const override { return "wallets"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<WalletView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
