#include "http/native/catalog/offer_catalog.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "http/native/catalog/offer_fields.hpp"
#include "projections/catalogue/catalogue_view.hpp"
#include "projections/offers/offers_view.hpp"

namespace orrery {
namespace {

class Problems {
 public:
  void add(std::string entry, std::string key, std::string message) {
    found_.push_back({std::move(entry), std::move(key), std::move(message)});
  }

  /// Every id once, and each is one.
  template <class Entries>
  std::set<std::string> take_ids(std::string_view kind, const Entries& entries) {
    std::set<std::string> ids;
    for (const auto& entry : entries) {
      if (entry.id.empty()) continue;  // Its reader has said so.
      const auto name = entry_name(kind, entry.id);
      if (!is_offer_id(entry.id)) add(name, "id", std::string(offer_id_wanted));
      if (!ids.insert(entry.id).second) add(name, "", "is declared twice");
    }
    return ids;
  }

  void limit(std::string_view kind, std::size_t count, std::size_t max) {
    if (count > max) add(std::string(kind), "", fmt::format("may be at most {}", max));
  }

  std::vector<CatalogProblem> take() { return std::move(found_); }

 private:
  std::vector<CatalogProblem> found_;
};

}  // namespace

std::string entry_name(std::string_view kind, std::string_view id) {
  return fmt::format("{} {}", kind, id);
}

std::vector<CatalogProblem> problems_of(const OfferCatalog& catalog) {
  Problems problems;
  problems.limit("regions", catalog.regions.size(), catalog_regions_max);
  problems.limit("SKUs", catalog.skus.size(), catalog_skus_max);
  problems.limit("images", catalog.images.size(), catalog_images_max);
  const auto regions = problems.take_ids("region", catalog.regions);
  std::map<std::string_view, std::string_view> seller_of_cluster;
  for (const auto& [id, region] : catalog.regions) {
    const auto [seller, is_first] = seller_of_cluster.emplace(region.cluster, id);
    if (!is_first)
      problems.add(entry_name("region", id), "cluster",
                   fmt::format("names {}, which the region {} sells already", region.cluster,
                               seller->second));
  }
  problems.take_ids("sku", catalog.skus);
  for (const auto& [id, sku] : catalog.skus) {
    const auto name = entry_name("sku", id);
    if (!sku.region_id.empty() && !regions.contains(sku.region_id))
      problems.add(
          name, "region_id",
          fmt::format("names the region {}, which the catalogue doesn't have", sku.region_id));
    if (!sku.discount.id.empty() && sku.discount.starts_at_s >= sku.discount.ends_at_s)
      problems.add(name, "discount", "must end after it has started");
  }
  std::set<std::string_view> images;
  for (const auto& image : catalog.images) {
    const auto name = entry_name("image", image);
    if (!is_full_image_name(image)) problems.add(name, "", std::string(image_name_wanted));
    if (!images.insert(image).second) problems.add(name, "", "is declared twice");
  }
  return problems.take();
}

std::vector<std::string> warnings_of(const OfferCatalog& catalog, const Catalogue& clusters) {
  std::vector<std::string> warnings;
  for (const auto& [id, region] : catalog.regions)
    if (!clusters.cluster(region.cluster))
      warnings.push_back(fmt::format(
          "region {} sells the cluster {}, which is not declared: nothing can be ordered there yet",
          id, region.cluster));
  return warnings;
}

OfferCatalog catalog_of(const Offers& offers) {
  OfferCatalog catalog;
  for (const auto& each : offers.regions)
    if (!each.withdrawn) catalog.regions.push_back({each.id, each.declaration});
  for (const auto& each : offers.skus)
    if (!each.withdrawn) catalog.skus.push_back({each.id, each.declaration});
  for (const auto& each : offers.images)
    if (!each.withdrawn) catalog.images.push_back(each.image);
  return catalog;
}

}  // namespace orrery
