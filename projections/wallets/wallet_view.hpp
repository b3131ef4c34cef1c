#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "projections/runtime/view.hpp"
#include "projections/wallets/bill_line.hpp"
#include "projections/wallets/wallet_details.hpp"

namespace orrery {

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
  /// Newest first, closed ones too: at most so many of those placed before that position.
  std::vector<OrderDetails> orders(std::string_view namespace_id, Position before,
                                   std::size_t order_count_max) const;

  /// Oldest first.
  std::vector<BillLine> bill(std::string_view namespace_id, const BillQuery& query) const;

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
