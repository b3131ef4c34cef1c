#include "http/recipes/recipe.hpp"

#include <algorithm>

namespace orrery {

bool is_recipe_name(std::string_view name) {
  constexpr std::size_t size_max = 63;
  const auto is_alphanumeric = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  const auto fits = [&](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; };
  return !name.empty() && name.size() <= size_max && is_alphanumeric(name.front()) &&
         std::ranges::all_of(name, fits);
}

}  // namespace orrery
