#pragma once

#include <string>
#include <string_view>

namespace orrery {

// Quantities as people read them.

/// "1,580,464"; what is no whole number below 100 keeps up to two digits: "1.93".
std::string count_text(double count);
/// "0 s", "42 s", "3.4 min", "5.1 h", "12 d", "2.3 y".
std::string duration_text(double seconds);
/// Of a share of 1: "87.5 %".
std::string percent_text(double share);
/// "€1,234" or "€12.34".
std::string money_text(std::string_view currency, double amount);
/// What has become of `before`: "−35 %", "+12 %", "×3.2"; "" where nothing has, or where nothing
/// can be said.
std::string change_text(double before, double after);

}  // namespace orrery
