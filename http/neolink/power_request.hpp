#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "http/json/json_body.hpp"

namespace orrery::neolink {

inline constexpr std::uint32_t grace_period_s_default = 10;
inline constexpr std::uint32_t grace_period_s_max = 3'600;

/// The words of a power_off.
struct PowerOffRequest {
  std::uint32_t grace_period_s = grace_period_s_default;
  bool needs_snapshot = false;
  /// Where a snapshot is wanted: names that a registry takes. Else empty.
  std::string image_name;
  std::string tag;

  bool operator==(const PowerOffRequest&) const = default;
};

/// The body of POST …/power_off; no body at all is one without wishes. The problem names the field.
boost::system::result<PowerOffRequest, JsonProblem> read_power_off(std::string_view body);

}  // namespace orrery::neolink
