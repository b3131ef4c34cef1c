#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <string_view>

#include "http/recipes/recipe_book.hpp"

namespace orrery {

/// What `orrery recipe …` does, apart from the command line. Each function returns the exit code.

/// Examines a folder, or one file in a folder that is named as its category is: every problem goes
/// to `err`, a line each. Beyond what a server sees, it looks whether scripts that commands name
/// are there, and whether a bare name means several recipes.
int check_recipes(const std::filesystem::path& path, std::ostream& out, std::ostream& err);

/// A line a recipe, or JSON. Problems go to `err`, and change nothing.
int list_recipes(const Recipes& recipes, bool as_json, std::ostream& out, std::ostream& err);

/// What a service of the recipe is started with once `config`, a request's as JSON, is merged:
/// JSON. An unknown name, or a config that is wrong, is a failure.
int show_recipe(const Recipes& recipes, std::string_view name, std::string_view config,
                std::ostream& out, std::ostream& err);

/// Writes the shipped recipes into a folder; what is there and differs is kept, and named, unless
/// `replace`.
int export_shipped_recipes(const std::filesystem::path& folder, bool replace, std::ostream& out,
                           std::ostream& err);

}  // namespace orrery
