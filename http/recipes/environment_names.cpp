#include "http/recipes/environment_names.hpp"

#include <algorithm>

namespace orrery {
namespace {

/// A name, or the beginning of names with a "*" after it.
bool matches(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

bool may_be_requested(const Recipe& recipe, std::string_view name) {
  if (name == "PORT" || name.starts_with("PORT_") || name == "HOST")
    return false;  // The driver's word counts.
  const auto is_name = [&](const EnvironmentVariable& each) { return each.name == name; };
  const auto is_match = [&](const std::string& pattern) { return matches(pattern, name); };
  return std::ranges::any_of(recipe.launch.environment, is_name) ||
         std::ranges::any_of(recipe.request_environment, is_match);
}

}  // namespace orrery
