#pragma once

#include <string_view>

namespace orrery {

/// Whether a name can be shown to people: something visible, and no control characters (C0, DEL,
/// C1). `text` is UTF-8.
bool is_plain_text(std::string_view text);
inline constexpr std::string_view plain_text_wanted =
    "must have a visible character and no control characters";

}  // namespace orrery
