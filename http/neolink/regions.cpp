#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "http/neolink/resources.hpp"
#include "http/neolink/times.hpp"
#include "projections/offers/offers_view.hpp"

namespace orrery::neolink {

namespace {

namespace json = boost::json;

json::object region_json(const RegionOffer& region) {
  const auto& words = region.declaration;
  return {{"id", region.id},
          {"region", words.name},
          {"clusterName", words.cluster},
          {"harborAddr", words.image_registry},
          {"howlerID", words.howler_id},
          {"createdAt", beijing_milliseconds(region.created_at)},
          {"updatedAt", beijing_milliseconds(region.updated_at)}};
}

void list(const Context& context, const Request&, const Caller&, const Reply& reply) {
  json::array regions;
  for (const auto& region : context->offers->current()->regions)
    if (!region.withdrawn) regions.push_back(region_json(region));
  Response response;
  response.body = json::serialize(regions);
  reply(std::move(response));
}

}  // namespace

void add_regions(Routes& routes) { routes.add(Method::get, "/regions", list); }

}  // namespace orrery::neolink
