#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/describe.hpp>

#include "projections/wallets/bill_line.hpp"

namespace orrery {

/// The bill of one customer, packed: an instance adds a line every hour. Orders and coupons are
/// known by their places in the customer's lists.
class Bill {
 public:
  /// No order, or no coupon.
  static constexpr std::uint32_t none = 0xFFFF'FFFF;

  struct Line {
    Position position = 0;
    std::int64_t time_us = 0;
    std::int64_t amount_fen = 0;
    std::int64_t coupon_fen = 0;
    std::int64_t balance_after_fen = 0;
    std::int64_t from_s = 0;
    std::int64_t stored_gb = 0;
    std::uint32_t duration_s = 0;
    std::uint32_t order = none;
    std::uint32_t coupon = none;
    BillLineKind kind = BillLineKind::top_up;
    /// Where its causes end in the list of all; they begin where those of the line before end.
    std::uint64_t causes_end = 0;

    BOOST_DESCRIBE_CLASS(Line, (),
                         (position, time_us, amount_fen, coupon_fen, balance_after_fen, from_s,
                          stored_gb, duration_s, order, coupon, kind, causes_end),
                         (), ())
  };

  /// In order of position; times never go backwards. `causes_end` is set here.
  void add(Line line, const std::vector<Position>& causes);

  /// Indices of the lines asked for: [first, last).
  struct Range {
    std::size_t first = 0;
    std::size_t last = 0;
  };
  Range find(const BillQuery& query) const;

  const Line& operator[](std::size_t index) const { return lines_[index]; }
  std::vector<Position> causes(std::size_t index) const;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(lines_, causes_);
  }

 private:
  std::vector<Line> lines_;
  std::vector<Position> causes_;
};

}  // namespace orrery
