#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "events/offer_events.hpp"
#include "http/json/json_fields.hpp"

namespace orrery {

struct Catalogue;
struct Offers;

template <class Declaration>
struct Offered {
  std::string id;
  Declaration declaration;

  bool operator==(const Offered&) const = default;
};

/// All that is, or shall be, for sale in the NeoLink dialect, in the order in which it is shown.
struct OfferCatalog {
  std::vector<Offered<RegionDeclared>> regions;
  std::vector<Offered<SkuDeclared>> skus;
  /// Full names with tags.
  std::vector<std::string> images;

  bool operator==(const OfferCatalog&) const = default;
};

/// How many of each a catalogue may have: a change looks at all of them.
inline constexpr std::size_t catalog_regions_max = 100;
inline constexpr std::size_t catalog_skus_max = 2'000;
inline constexpr std::size_t catalog_images_max = 2'000;

/// What doesn't fit together although every value by itself does.
struct CatalogProblem {
  /// Such as "sku 66".
  std::string entry;
  /// Empty where the whole entry is meant.
  std::string key;
  /// A sentence that follows the key, or the entry.
  std::string message;
};
std::vector<CatalogProblem> problems_of(const OfferCatalog& catalog);

/// What is allowed, and yet not what somebody would want.
std::vector<std::string> warnings_of(const OfferCatalog& catalog, const Catalogue& clusters);

/// Names of entries, as problems give them.
std::string entry_name(std::string_view kind, std::string_view id);

/// What is on offer now.
OfferCatalog catalog_of(const Offers& offers);

/// {"regions": […], "skus": […], "images": […]}. What is written is what can be read.
boost::json::object catalog_json(const OfferCatalog& catalog);
/// The problem, if there is one, stands in `fields`.
OfferCatalog read_catalog(JsonFields& fields);

}  // namespace orrery
