#pragma once

#include <string_view>

#include "http/recipes/recipe.hpp"

namespace orrery {

inline constexpr std::size_t environment_variables_max = 256;
inline constexpr std::size_t environment_value_bytes_max = 4'096;

inline constexpr std::string_view variable_name_wanted =
    "must have letters, digits and underscores only, 128 at most and no digit first, and be none "
    "that changes which code is run";

/// Whether a request for this recipe may set a variable that `is_allowed_variable`.
bool may_be_requested(const Recipe& recipe, std::string_view name);

}  // namespace orrery
