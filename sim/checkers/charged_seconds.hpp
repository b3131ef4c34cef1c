#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// Charged seconds equal running seconds: every second that a pay-as-you-go instance ran is charged
/// once, no other is, no charge spans a full hour, and each amount is what its seconds cost. At
/// rest nothing that ended is uncharged, nor any hour that is over. Of orders that are paid for in
/// advance no second is charged.
class ChargedSeconds : public Checker {
 public:
  std::string_view name() const override { return "charged_seconds_equal_running_seconds"; }
  void apply(const RecordedEvent& recorded) override;
  void at_rest() override;

 private:
  struct Seconds {
    std::int64_t from = 0;
    std::int64_t until = 0;
  };
  struct Order {
    std::string id;
    OrderTerms terms;
    /// In order, and none next to another; the last may go on.
    std::vector<Seconds> ran;
    std::vector<Seconds> charged;
    bool runs = false;
    Position position = 0;
  };
  void start(const RecordedEvent& recorded);
  void end(const RecordedEvent& recorded);
  void charge(const RecordedEvent& recorded, const UsageCharged& charged);
  void compare(const Order& order);
  Order* order_of(const RecordedEvent& recorded);
  static void append(std::vector<Seconds>& all, Seconds seconds);
  static std::int64_t cost_fen(const OrderTerms& terms, const Seconds& seconds);

  /// By instance.
  std::map<std::string, Order> orders_;
  std::map<std::string, std::string> instance_of_order_;
  std::int64_t last_s_ = 0;
};

}  // namespace orrery
