#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// An order ends when its instance is gone, and not before: refunded where the instance never ran,
/// or for what was renewed while it was being deleted, closed otherwise. At rest nothing metered is
/// on in a wallet that is in debt, and nothing that was paid for in advance beyond its end.
class OrdersEnd : public Checker {
 public:
  std::string_view name() const override { return "orders_end_with_their_instances"; }
  void apply(const RecordedEvent& recorded) override;
  void at_rest() override;

 private:
  struct Order {
    std::string wallet;
    SellingType selling_type = SellingType::pay_as_you_go;
    std::int64_t days = 0;
    std::int64_t paid_fen = 0;
    std::int64_t paid_late_fen = 0;
    /// When it was gone already: the edge lets nobody do that. What comes between the end of the
    /// instance and that of its order is lost if the close of the order is on its way.
    std::int64_t paid_too_late_fen = 0;
    bool has_run = false;
    bool is_on = false;
    bool is_going = false;
    bool is_gone = false;
    bool has_ended = false;
    std::int64_t on_since_s = 0;
    /// Of a term that was paid in advance, once it has begun.
    std::int64_t ends_at_s = 0;
    Position position = 0;

    void pay(const OrderTerms& terms, std::uint32_t period_count, std::int64_t now_s);
  };
  struct Wallet {
    std::int64_t balance_fen = 0;
    std::int64_t since_s = 0;
  };

  void place(const RecordedEvent& recorded, const OrderPlaced& placed);
  void renew(const OrderRenewed& renewed);
  void end(const RecordedEvent& recorded, const std::string& order_id, const OrderRefunded* refund);
  void follow_instance(const RecordedEvent& recorded);
  void move(const std::string& wallet, std::int64_t change_fen);

  /// By order id, and which is of which instance.
  std::map<std::string, Order> orders_;
  std::map<std::string, std::string> order_of_instance_;
  std::map<std::string, Wallet> wallets_;
  std::int64_t now_s_ = 0;
};

}  // namespace orrery
