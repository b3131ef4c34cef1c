#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "cli/configuration.hpp"
#include "http/recipes/recipe_book.hpp"

namespace orrery {

/// Where the recipes of this server are.
std::filesystem::path recipes_folder(const Configuration& configuration);

/// The cluster that services run in.
std::string services_cluster(const Configuration& configuration);

/// Name of this host; "unknown" where it has none.
std::string host_name();

/// Of the token that opens the service API (`credential_digest`); absent where none is configured.
/// Throws `StartFailure` where the file can't be used; and where there is none although others
/// than this host reach the server: whoever reaches that API starts processes.
std::optional<std::array<std::uint8_t, 32>> services_token_digest(
    const Configuration& configuration);

/// Sees to it that the folder of recipes exists: the one in the data directory gets the shipped
/// recipes when it is made, another one must be there. Throws `StartFailure`.
void provide_recipes(const Configuration& configuration);

/// Its problems go to the log.
RecipeBook open_recipes(const Configuration& configuration);

}  // namespace orrery
