#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

#include "cli/configuration.hpp"
#include "http/native/catalog/offer_catalog.hpp"

namespace orrery {

/// Everything that is wrong with a file, a sentence each: "FILE, line 12: sku.price must be …".
struct CatalogFileFailure {
  std::vector<std::string> problems;
};
[[noreturn]] void throw_exception_from_error(const CatalogFileFailure& failure,
                                             const boost::source_location& location);

using CatalogFileResult = boost::system::result<OfferCatalog, CatalogFileFailure>;

/// Reads regions, SKUs and images from TOML (docs/catalog.md says how it is written). `name` is the
/// file's in messages. Unknown keys are problems: a misspelt price would be ignored silently.
CatalogFileResult read_catalog_toml(std::string_view text, std::string_view name);
CatalogFileResult read_catalog_file(const std::filesystem::path& file);

/// The file that the configuration names, or the built-in one.
CatalogFileResult configured_catalog_file(const Configuration& configuration);

/// cli/catalog/neolink.toml, which is built into the program.
std::string_view embedded_catalog_toml();
inline constexpr std::string_view embedded_catalog_name = "neolink.toml (built in)";

}  // namespace orrery
