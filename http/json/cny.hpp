#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orrery {

/// "2.50", "-0.01": fen as CNY, with two decimals.
std::string cny_text(std::int64_t fen);

/// CNY such as "2.5", "2.50" or "3", exactly, in fen; nothing where the text is no amount: a sign,
/// a third decimal, or more than ten thousand million.
std::optional<std::int64_t> read_cny(std::string_view text);

/// "0.48": ten-thousandths as a ratio, without zeros at the end.
std::string ratio_text(std::uint32_t ratio_e4);

/// A ratio from 0 to 1 with at most four decimals, exactly, in ten-thousandths.
std::optional<std::uint32_t> read_ratio(std::string_view text);

}  // namespace orrery
