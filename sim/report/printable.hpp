#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace orrery {

/// Names in a report are no longer than this, in characters.
inline constexpr std::size_t printable_length_max = 120;

/// Whatever bytes a trace holds, as text that any document may have: what is no UTF-8, controls and
/// what turns the direction of writing become "�", and what is beyond `length_max` characters "…".
std::string printable(std::string_view bytes, std::size_t length_max = printable_length_max);

}  // namespace orrery
