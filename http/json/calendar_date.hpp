#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace orrery {

/// "2024-02-29"; nothing for what is no day.
std::optional<std::chrono::sys_days> read_date(std::string_view text);

/// "2024-02", as its first day; nothing for what is no month.
std::optional<std::chrono::sys_days> read_month(std::string_view text);

}  // namespace orrery
