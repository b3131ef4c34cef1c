#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/recipes/recipe.hpp"

namespace orrery {

/// The names of all "${NAME}" in a text.
std::vector<std::string> placeholders_in(std::string_view text);

/// Whether anything in a text begins with "${" and is no "${NAME}".
bool has_broken_placeholder(std::string_view text);

/// Why the last argument of `command` must not have the placeholders that it has; empty where it
/// may. What a request can set is never the program, nor where a shell or another interpreter may
/// look for a script: after an option that ends in c or e ("-c", "-ec", "-e"), or one like
/// "--eval". What the driver says (PORT, HOST, SERVICE_ID, RECIPES) can stand anywhere.
std::string_view misplaced_placeholder(const std::vector<std::string>& command);

/// Sentences about placeholders that will stand for nothing when a service is started (unless the
/// driver's operator has set them), or for themselves.
std::vector<std::string> placeholder_problems(const Recipe& recipe);

}  // namespace orrery
