#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "projections/wallets/wallet_view.hpp"
#include "sim/checkers/checker.hpp"

namespace orrery {

/// A balance is what was paid in and given back, less what was paid, as far as no coupon paid it.
/// Coupons pay no more than they are worth, not after their time, and not in debt. Orders are paid
/// from money that is there, and an order that has ended moves no money. No more is refunded than
/// was paid. The view that customers read says the same.
class WalletBalances : public Checker {
 public:
  std::string_view name() const override { return "balance_is_top_ups_minus_charges"; }
  void apply(const RecordedEvent& recorded) override;

  /// After every event of the log was applied here and there.
  void compare(const WalletView& view);

 private:
  struct Coupon {
    std::int64_t left_fen = 0;
    std::int64_t expires_at_s = 0;
  };
  struct Order {
    std::int64_t paid_fen = 0;
    bool has_ended = false;
  };
  struct Wallet {
    std::int64_t paid_in_fen = 0;
    std::int64_t paid_out_fen = 0;
    std::map<std::string, Coupon> coupons;
    std::map<std::string, Order> orders;

    std::int64_t balance_fen() const { return paid_in_fen - paid_out_fen; }
  };

  void pay_order(const RecordedEvent& recorded, const std::string& order_id, std::int64_t paid_fen);
  void refund(const RecordedEvent& recorded, const OrderRefunded& refunded);
  void end(const RecordedEvent& recorded, const std::string& order_id);
  /// `at_s`: the end of what is charged.
  template <class Charged>
  void charge(const RecordedEvent& recorded, const Charged& charged, std::int64_t at_s);

  /// By stream.
  std::map<std::string, Wallet> wallets_;
};

}  // namespace orrery
