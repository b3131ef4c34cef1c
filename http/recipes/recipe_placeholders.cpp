#include "http/recipes/recipe_placeholders.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include <fmt/format.h>

#include "actors/service/variable_names.hpp"
#include "http/recipes/environment_names.hpp"

namespace orrery {
namespace {

/// Calls `each` with what stands between the braces, and whether there is an end to it.
template <class Each>
void each_placeholder(std::string_view text, const Each& each) {
  for (auto start = text.find("${"); start != std::string_view::npos; start = text.find("${")) {
    const auto end = text.find('}', start);
    const bool is_closed = end != std::string_view::npos;
    each(text.substr(start + 2, is_closed ? end - start - 2 : std::string_view::npos), is_closed);
    text.remove_prefix(is_closed ? end + 1 : text.size());
  }
}

bool is_drivers(std::string_view name) {
  return name == "PORT" || name.starts_with("PORT_") || name == "HOST" || name == "SERVICE_ID" ||
         name == "RECIPES";
}

bool has_others_than_the_drivers(std::string_view text) {
  return !std::ranges::all_of(placeholders_in(text), is_drivers);
}

/// "-c", "-ec", "-lc", "-e": what follows may be a script, at once or after other options.
bool may_announce_script(std::string_view argument) {
  if (argument.size() < 2 || argument.front() != '-') return false;
  const auto letters = argument.substr(1);
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return std::ranges::all_of(letters, is_letter) &&
         (letters.back() == 'c' || letters.back() == 'e');
}

/// The next argument is a script for some interpreter.
bool announces_script(std::string_view argument) {
  constexpr std::array<std::string_view, 6> options{"-E",      "-r",        "--eval",
                                                    "--print", "--command", "--execute"};
  return std::ranges::find(options, argument) != options.end();
}

/// Whether filling in a variable comes back to it.
bool stands_for_itself(const std::map<std::string, std::string>& variables, const std::string& name,
                       std::set<std::string>& on_the_way) {
  const auto found = variables.find(name);
  if (found == variables.end() || is_drivers(name)) return false;
  if (!on_the_way.insert(name).second) return true;
  const bool is_circle = std::ranges::any_of(placeholders_in(found->second), [&](const auto& next) {
    return stands_for_itself(variables, next, on_the_way);
  });
  on_the_way.erase(name);
  return is_circle;
}

}  // namespace

std::vector<std::string> placeholders_in(std::string_view text) {
  std::vector<std::string> names;
  each_placeholder(text, [&](std::string_view name, bool) { names.emplace_back(name); });
  return names;
}

bool has_broken_placeholder(std::string_view text) {
  bool is_broken = false;
  each_placeholder(text, [&](std::string_view name, bool is_closed) {
    is_broken = is_broken || !is_closed || !is_allowed_variable(name);
  });
  return is_broken;
}

std::string_view misplaced_placeholder(const std::vector<std::string>& command) {
  if (command.empty() || !has_others_than_the_drivers(command.back())) return "";
  if (command.size() == 1) return "the program itself can't be a request's choice";
  const auto before = std::vector<std::string>(command.begin() + 1, command.end() - 1);
  const bool is_script = std::ranges::any_of(before, may_announce_script) ||
                         (!before.empty() && announces_script(before.back()));
  return is_script ? "a shell would run what a placeholder stands for: write \"$NAME\", or put the "
                     "script into a file"
                   : "";
}

std::vector<std::string> placeholder_problems(const Recipe& recipe) {
  std::map<std::string, std::string> variables;
  for (const auto& [name, value] : recipe.launch.environment) variables[name] = value;
  std::set<std::string> used;
  const auto use = [&](std::string_view text) {
    for (auto& name : placeholders_in(text)) used.insert(std::move(name));
  };
  std::ranges::for_each(recipe.launch.command, use);
  for (const auto& [name, value] : variables) use(value);
  std::vector<std::string> problems;
  for (const auto& name : used) {
    std::set<std::string> on_the_way;
    if (!is_drivers(name) && !may_be_requested(recipe, name))
      problems.push_back(fmt::format("nothing here says what ${{{}}} stands for", name));
    else if (stands_for_itself(variables, name, on_the_way))
      problems.push_back(fmt::format("${{{}}} stands for itself", name));
  }
  return problems;
}

}  // namespace orrery
