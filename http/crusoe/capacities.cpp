#include "http/crusoe/capacities.hpp"

#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "http/mkinf/answers.hpp"
#include "http/mkinf/vm_types.hpp"
#include "projections/availability/availability_view.hpp"
#include "projections/catalogue/catalogue_view.hpp"

namespace orrery {

namespace {

bool matches(std::string_view filter, std::string_view word) {
  return filter.empty() || filter == word;
}

void list(const mkinf::Context& context, const Request& request, const Principal&,
          const mkinf::Reply& reply) {
  const auto product_name = request.query_parameter("product_name");
  const auto location_filter = request.query_parameter("location");
  const auto catalogue = context->catalogue->current();
  boost::json::array items;
  for (const auto& type : mkinf::vm_types()) {
    if (!matches(product_name, type.product_name)) continue;
    for (const auto& location : catalogue->locations()) {
      if (!matches(location_filter, location)) continue;
      const auto& cluster = catalogue->cluster_at(location)->name;
      items.push_back(boost::json::object{
          {"type", type.product_name},
          {"location", location},
          {"quantity", context->availability->capacity(cluster, type.gpu_model, type.gpu_count)}});
    }
  }
  reply(mkinf::ok(boost::json::object{{"items", std::move(items)}}));
}

}  // namespace

void add_capacities(mkinf::Routes& routes) {
  routes.add(Method::get, fmt::format("{}/capacities", routes.surface().root), list);
}

}  // namespace orrery
