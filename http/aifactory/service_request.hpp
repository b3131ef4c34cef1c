#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "http/aifactory/errors.hpp"
#include "http/recipes/recipe_merge.hpp"

namespace orrery {
class RecipeBook;
}

namespace orrery::aifactory {

/// The longest `recipe_name`, in bytes: two names of a recipe's path and more.
inline constexpr std::size_t recipe_name_bytes_max = 256;

/// The body of a create, with its recipe found and merged. 422 where the body is wrong; 500, as the
/// API documents it, where there is no such recipe.
boost::system::result<MergedService, Refusal> read_service_request(RecipeBook& recipes,
                                                                   const Request& request);

}  // namespace orrery::aifactory
