#include "http/recipes/environment_names.hpp"

#include <algorithm>

#include "actors/service/variable_names.hpp"

namespace orrery {
namespace {

/// A name, or the beginning of names with a "*" after it.
bool matches(std::string_view pattern, std::string_view name) {
  if (!pattern.ends_with('*')) return pattern == name;
  return name.starts_with(pattern.substr(0, pattern.size() - 1));
}

}  // namespace

bool may_be_requested(const Recipe& recipe, std::string_view name) {
  if (name == "PORT" || name == "HOST") return false;  // The driver's word counts.
  const auto is_name = [&](const EnvironmentVariable& each) { return each.name == name; };
  const auto is_match = [&](const std::string& pattern) { return matches(pattern, name); };
  return std::ranges::any_of(recipe.launch.environment, is_name) ||
         std::ranges::any_of(recipe.request_environment, is_match);
}

bool has_broken_placeholder(std::string_view text) {
  for (auto rest = text;;) {
    const auto start = rest.find("${");
    if (start == std::string_view::npos) return false;
    const auto end = rest.find('}', start);
    if (end == std::string_view::npos ||
        !is_allowed_variable(rest.substr(start + 2, end - start - 2)))
      return true;
    rest.remove_prefix(end + 1);
  }
}

}  // namespace orrery
