#pragma once

#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "http/recipes/recipe.hpp"
#include "http/recipes/recipe_folder.hpp"

namespace orrery {

/// Everything that is wrong with a file; never empty.
struct RecipeFileFailure {
  std::vector<RecipeProblem> problems;
};
[[noreturn]] void throw_exception_from_error(const RecipeFileFailure& failure,
                                             const boost::source_location& location);

using RecipeFileResult = boost::system::result<Recipe, RecipeFileFailure>;

/// Reads a recipe from YAML (docs/recipes.md says how it is written). Unknown and repeated keys are
/// problems, and so are aliases, tags and depth: a recipe needs none of them.
RecipeFileResult read_recipe(std::string_view yaml, const RecipeFile& file);

}  // namespace orrery
