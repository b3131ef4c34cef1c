#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orrery::gpushare {

// Values as Python writes and reads them, which is what Django REST Framework's fields do with what
// they are given. All text is UTF-8.

/// `str.strip()`: without the white space around it.
std::string_view stripped(std::string_view text);

/// `len()`: characters.
std::size_t character_count(std::string_view text);

/// `str()` of a float: "1.5", "16.0", "1e+22".
std::string float_text(double number);

/// `int()` of a string: digits with a sign and single underscores, in white space. What is larger
/// than 64 bits is the largest, or smallest, that fits. Nothing for what is no integer.
std::optional<std::int64_t> integer_of(std::string_view text);

/// Whether a text is all `\w`, or one of `others`: letters and digits of any script, and "_".
bool is_word(std::string_view text, std::string_view others);

}  // namespace orrery::gpushare
