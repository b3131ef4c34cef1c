#include <string>

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "http/neolink/decimals.hpp"
#include "http/neolink/resources.hpp"
#include "http/neolink/times.hpp"
#include "projections/availability/availability_view.hpp"
#include "projections/offers/offers_view.hpp"

namespace orrery::neolink {

namespace {

namespace json = boost::json;

/// The members of an object, without its braces.
std::string members(const json::object& object) {
  const auto text = json::serialize(object);
  return text.substr(1, text.size() - 2);
}

/// Ratio and price are decimal numbers ("0.48"), which the serializer would write as "4.8E-1".
std::string sku_text(const SkuOffer& sku, const RegionOffer& region, std::uint64_t free_gpu_count) {
  const auto& words = sku.declaration;
  const json::object what{{"name", words.name},
                          {"regionID", region.id},
                          {"cpuArch", words.cpu_arch},
                          {"cpuSeries", words.cpu_series},
                          {"cpucores", words.cpu_count},
                          {"memoryCount", words.memory_gib},
                          {"cpuVendor", words.cpu_vendor},
                          {"gpuSeries", words.gpu_series},
                          {"gpuProduct", words.gpu_product},
                          {"gpuResourceKey", words.gpu_resource_key},
                          {"gpuCounts", words.gpu_count},
                          {"gpuMemory", words.gpu_memory_gib},
                          {"systemstorage", words.system_disk_gb},
                          {"datastorage", words.data_disk_gb},
                          {"skusID", sku.id},
                          {"regionName", region.declaration.name},
                          {"clusterName", region.declaration.cluster},
                          {"sellingType", fmt::format("{}", static_cast<int>(words.selling_type))}};
  const json::object discount{{"discountID", words.discount.id},
                              {"discountStartTime", beijing_seconds(words.discount.starts_at_s)},
                              {"discountEndTime", beijing_seconds(words.discount.ends_at_s)}};
  return fmt::format(R"({{{},"ratio":{},{},"price":{},"remainGPUCount":{}}})", members(what),
                     decimal(words.discount.ratio_e4, 4), members(discount),
                     decimal(static_cast<std::uint64_t>(words.price_fen), 2), free_gpu_count);
}

/// How many GPUs creates of this shape would find, one after the other.
std::uint64_t free_gpu_count(const NeolinkContext& context, const SkuDeclared& sku,
                             const std::string& cluster) {
  return context.availability->capacity(cluster, sku.gpu_model, sku.gpu_count) * sku.gpu_count;
}

void list(const Context& context, const Request& request, const Caller&, const Reply& reply) {
  const auto region_id = request.query_parameter("region_id");
  const auto offers = context->offers->current();
  if (!region_id.empty() && !offers->region(region_id)) return reply(unknown("region", region_id));
  std::string skus;
  for (const auto& sku : offers->skus) {
    const auto& words = sku.declaration;
    const auto* region = sku.withdrawn ? nullptr : offers->region(words.region_id);
    if (!region || (!region_id.empty() && words.region_id != region_id)) continue;
    if (!skus.empty()) skus.push_back(',');
    skus += sku_text(sku, *region, free_gpu_count(*context, words, region->declaration.cluster));
  }
  Response response;
  response.body = "[" + skus + "]";
  reply(std::move(response));
}

}  // namespace

void add_skus(Routes& routes) { routes.add(Method::get, "/skus/computings", list); }

}  // namespace orrery::neolink
