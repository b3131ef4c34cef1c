#include <fmt/format.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value_from.hpp>

#include "http/json/timestamp.hpp"
#include "http/mkinf/answers.hpp"
#include "http/mkinf/resources.hpp"
#include "projections/catalogue/catalogue_view.hpp"

namespace orrery::mkinf {

namespace {

boost::json::object image_json(const ImageEntry& image) {
  return {{"id", image.id},
          {"name", image.description.name},
          {"description", image.description.description},
          {"tags", boost::json::value_from(image.description.tags)},
          {"created_at", rfc3339_seconds(image.created_at)},
          {"locations", boost::json::value_from(image.description.locations)}};
}

}  // namespace

void add_images(Routes& routes) {
  const auto list = [](const Context& context, const Request&, const Principal&,
                       const Reply& reply) {
    boost::json::array items;
    for (const auto& image : context->catalogue->current()->images)
      items.push_back(image_json(image));
    reply(ok(boost::json::object{{"items", std::move(items)}}));
  };
  const auto get = [](const Context& context, const Request& request, const Principal&,
                      const Reply& reply) {
    const auto catalogue = context->catalogue->current();
    const auto* image = catalogue->image_by_id(request.path_parameters.back());
    if (image == nullptr) return reply(not_found("image"));
    reply(ok(image_json(*image)));
  };
  routes.add(Method::get, routes.surface().images, list);
  routes.add(Method::get, fmt::format("{}/{{image_id}}", routes.surface().images), get);
}

}  // namespace orrery::mkinf
