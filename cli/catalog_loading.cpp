#include "cli/catalog_loading.hpp"

#include <future>
#include <utility>

#include <fmt/format.h>
#include <boost/algorithm/string/join.hpp>

#include "cli/catalog_file.hpp"
#include "cli/exit_codes.hpp"
#include "cli/logging.hpp"
#include "cli/read_models.hpp"
#include "cli/start_failure.hpp"
#include "http/native/catalog/catalog_changes.hpp"

namespace orrery {
namespace {

/// Changes that are logged one by one; a first start has one for every entry.
constexpr std::size_t logged_changes_max = 20;

}  // namespace

std::optional<OfferCatalog> configured_catalog(const Configuration& configuration) {
  if (configuration.catalog.empty() && !configuration.dev) return std::nullopt;
  auto catalog = configured_catalog_file(configuration);
  if (catalog) return std::move(*catalog);
  throw StartFailure{exit_usage, boost::algorithm::join(catalog.error().problems, "\n")};
}

void load_catalog(const OfferCatalog& catalog, CommandGateway& gateway, const ReadModels& models) {
  for (const auto& warning : warnings_of(catalog, *models.catalogue.current()))
    log_warning("catalog: " + warning);
  auto changes = catalog_changes(*models.offers.current(), catalog);
  if (changes.empty()) return;
  const auto count = changes.size();
  if (count <= logged_changes_max)
    for (const auto& change : changes) log_info("catalog: " + change_line(change));
  std::promise<std::optional<std::string>> made;
  make_changes(gateway, Origin{"process/serve", 0, {}}, std::move(changes),
               [&](std::optional<std::string> failure) { made.set_value(std::move(failure)); });
  if (const auto failure = made.get_future().get())
    throw StartFailure{exit_failure, "the catalog cannot be loaded: " + *failure};
  log_info(fmt::format("catalog: {} changes loaded", count));
}

}  // namespace orrery
