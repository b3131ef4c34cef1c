#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "projections/wallets/bill.hpp"
#include "projections/wallets/wallet_details.hpp"

namespace orrery {

/// The wallets, orders and bills of all customers, folded from the log. Not guarded: `WalletView`
/// does that.
class WalletBooks {
 public:
  struct Wallet {
    WalletDetails details;
    /// In the order in which they were granted.
    std::vector<CouponDetails> coupons;
    /// Ids, in the order in which they were placed.
    std::vector<std::string> orders;
    Bill bill;

    BOOST_DESCRIBE_CLASS(Wallet, (), (details, coupons, orders, bill), (), ())
  };

  /// Null where nobody has heard of it.
  const Wallet* wallet(std::string_view namespace_id) const;
  const OrderDetails* order(std::string_view order_id) const;
  const OrderDetails* order_of_instance(std::string_view instance_id) const;
  const std::map<std::string, Wallet, std::less<>>& wallets() const { return wallets_; }

  /// A line of the wallet's bill, unpacked.
  BillLine line(const Wallet& wallet, std::size_t index) const;

  void fold(const WalletOpened& event, const RecordedEvent& recorded);
  void fold(const WalletToppedUp& event, const RecordedEvent& recorded);
  void fold(const CouponGranted& event, const RecordedEvent& recorded);
  void fold(const OrderPlaced& event, const RecordedEvent& recorded);
  void fold(const OrderRenewed& event, const RecordedEvent& recorded);
  void fold(const OrderRefunded& event, const RecordedEvent& recorded);
  void fold(const OrderClosed& event, const RecordedEvent& recorded);
  void fold(const UsageCharged& event, const RecordedEvent& recorded);
  void fold(const StorageCharged& event, const RecordedEvent& recorded);
  void fold(const InstanceStarted& event, const RecordedEvent& recorded);

  template <class Archive>
  void serialize(Archive& archive) {
    archive(wallets_, orders_, order_of_instance_);
  }

 private:
  struct Order {
    OrderDetails details;
    /// In the list of its wallet.
    std::uint32_t place = Bill::none;

    BOOST_DESCRIBE_CLASS(Order, (), (details, place), (), ())
  };

  /// The wallet that the event is of.
  Wallet& touched(const RecordedEvent& recorded);
  /// Null for one of another wallet.
  Order* order_in(const Wallet& wallet, std::string_view order_id);
  static std::uint32_t place_of(const Order* order) { return order ? order->place : Bill::none; }
  /// Moves the balance by the line, and writes it down.
  static void write(Wallet& wallet, const RecordedEvent& recorded, Bill::Line line,
                    const std::vector<Position>& causes);

  /// By namespace.
  std::map<std::string, Wallet, std::less<>> wallets_;
  /// By order id.
  std::map<std::string, Order, std::less<>> orders_;
  std::map<std::string, std::string, std::less<>> order_of_instance_;
};

}  // namespace orrery
