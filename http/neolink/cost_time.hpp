#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "events/offer_events.hpp"

namespace orrery::neolink {

/// For how long something is paid in advance: "3D", "2W", "1M"; "+3D" makes it so much longer.
struct CostTime {
  std::uint32_t period_count = 0;
  SellingType unit = SellingType::daily;
  bool extends = false;

  bool operator==(const CostTime&) const = default;
};

/// Nothing where the text is none, or has more periods than can be ordered at once.
std::optional<CostTime> read_cost_time(std::string_view text);

/// How a time in the unit of a selling type looks, for messages: "3M" for months. Empty for
/// pay-as-you-go, which has none.
std::string_view cost_time_example(SellingType type);

}  // namespace orrery::neolink
