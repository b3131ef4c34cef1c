#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "http/mkinf/answers.hpp"
#include "http/mkinf/resources.hpp"
#include "http/mkinf/vm_types.hpp"
#include "projections/availability/availability_view.hpp"
#include "projections/catalogue/catalogue_view.hpp"

namespace orrery::mkinf {

namespace {

bool matches(std::string_view filter, std::string_view word) {
  return filter.empty() || filter == word;
}

}  // namespace

/// Every type at every location, as far as the filters let it through.
void add_availabilities(Routes& routes) {
  const auto list = [](const Context& context, const Request& request, const Principal&,
                       const Reply& reply) {
    const auto product_name = request.query_parameter("product_name");
    const auto location_filter = request.query_parameter("location");
    const auto catalogue = context->catalogue->current();
    boost::json::array items;
    for (const auto& type : vm_types()) {
      if (!matches(product_name, type.product_name)) continue;
      for (const auto& location : catalogue->locations()) {
        if (!matches(location_filter, location)) continue;
        const auto& cluster = catalogue->cluster_at(location)->name;
        items.push_back(boost::json::object{
            {"type", type.product_name},
            {"location", location},
            {"available",
             context->availability->available(cluster, type.gpu_model, type.gpu_count)}});
      }
    }
    reply(ok(boost::json::object{{"items", std::move(items)}}));
  };
  routes.add(Method::get, "/v0.1/projects/{project_id}/availabilities", list);
}

}  // namespace orrery::mkinf
