#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value_from.hpp>

#include "http/json/timestamp.hpp"
#include "http/mkinf/answers.hpp"
#include "http/mkinf/errors.hpp"
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

void add_images(Router& router, const Context& context) {
  const auto list = [context](const Request&, const Principal&, Responder respond) {
    boost::json::array items;
    for (const auto& image : context->catalogue->current()->images)
      items.push_back(image_json(image));
    respond(ok(boost::json::object{{"items", std::move(items)}}));
  };
  const auto get = [context](const Request& request, const Principal&, Responder respond) {
    const auto catalogue = context->catalogue->current();
    const auto* image = catalogue->image_by_id(request.path_parameters[1]);
    respond(image == nullptr ? not_found("image") : ok(image_json(*image)));
  };
  router.add(Method::get, "/v0.1/projects/{project_id}/images", in_project(context, list));
  router.add(Method::get, "/v0.1/projects/{project_id}/images/{image_id}",
             in_project(context, get));
}

}  // namespace orrery::mkinf
