#include <string>

#include <boost/json/array.hpp>

#include "http/native/catalog/offer_catalog.hpp"
#include "http/native/catalog/offer_fields.hpp"

namespace orrery {
namespace {

namespace json = boost::json;

constexpr std::size_t text_bytes_max = 1'024;
constexpr std::int64_t number_max = 1'000'000'000;

template <class D>
void write(json::object& object, const std::vector<OfferField<D>>& fields, const D& declared) {
  for (const auto& field : fields) {
    const auto text = field.get(declared);
    if (field.form == OfferField<D>::Form::count)
      object[field.key] = std::stoll(text);
    else
      object[field.key] = text;
  }
}

/// The field as text; nothing where it is absent or of another type, which `fields` knows then.
template <class D>
std::optional<std::string> text_of(JsonFields& fields, const OfferField<D>& field) {
  if (field.form == OfferField<D>::Form::count) {
    const auto number = fields.optional_integer(field.key, -number_max, number_max);
    return number ? std::optional(std::to_string(*number)) : std::nullopt;
  }
  const auto text = fields.optional_string(field.key, text_bytes_max);
  return text ? std::optional(std::string(*text)) : std::nullopt;
}

template <class D>
void read(JsonFields& object, const std::vector<OfferField<D>>& fields, D& declared) {
  for (const auto& field : fields) {
    const auto text = text_of(object, field);
    if (text ? !field.set(declared, *text) : !field.optional)
      object.refuse(field.key, field.wanted);
  }
}

Offered<RegionDeclared> read_region(JsonFields& fields) {
  Offered<RegionDeclared> region{std::string(fields.required_string("id", text_bytes_max)), {}};
  read(fields, region_fields(), region.declaration);
  return region;
}

Offered<SkuDeclared> read_sku(JsonFields& fields) {
  Offered<SkuDeclared> sku{std::string(fields.required_string("id", text_bytes_max)), {}};
  read(fields, sku_fields(), sku.declaration);
  if (auto discount = fields.optional_object("discount"))
    read(*discount, discount_fields(), sku.declaration.discount);
  return sku;
}

}  // namespace

json::object catalog_json(const OfferCatalog& catalog) {
  json::array regions, skus, images;
  for (const auto& [id, region] : catalog.regions) {
    json::object object{{"id", id}};
    write(object, region_fields(), region);
    regions.push_back(std::move(object));
  }
  for (const auto& [id, sku] : catalog.skus) {
    json::object object{{"id", id}};
    write(object, sku_fields(), sku);
    if (sku.discount.id.empty()) {
      object["discount"] = nullptr;
    } else {
      json::object discount;
      write(discount, discount_fields(), sku.discount);
      object["discount"] = std::move(discount);
    }
    skus.push_back(std::move(object));
  }
  for (const auto& image : catalog.images) images.emplace_back(image);
  return {
      {"regions", std::move(regions)}, {"skus", std::move(skus)}, {"images", std::move(images)}};
}

OfferCatalog read_catalog(JsonFields& fields) {
  OfferCatalog catalog;
  for (const auto* key : {"regions", "skus", "images"})
    if (!fields.has(key)) fields.refuse(key, "must be an array: what it lacks is withdrawn");
  if (auto regions = fields.optional_objects("regions", catalog_regions_max))
    for (auto& each : *regions) catalog.regions.push_back(read_region(each));
  if (auto skus = fields.optional_objects("skus", catalog_skus_max))
    for (auto& each : *skus) catalog.skus.push_back(read_sku(each));
  if (auto images = fields.optional_strings("images", catalog_images_max, text_bytes_max))
    catalog.images.assign(images->begin(), images->end());
  if (!fields.problem())
    if (const auto problems = problems_of(catalog); !problems.empty())
      fields.refuse(
          problems.front().entry + (problems.front().key.empty() ? "" : "." + problems.front().key),
          problems.front().message);
  return catalog;
}

}  // namespace orrery
