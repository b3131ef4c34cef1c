#include "actors/image/image.hpp"

#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "projections/catalogue/catalogue_view.hpp"

namespace orrery::admin {
namespace {

boost::json::object image_json(const ImageEntry& image) {
  const auto& about = image.description;
  return {{"id", image.id},
          {"name", about.name},
          {"description", about.description},
          {"tags", boost::json::array(about.tags.begin(), about.tags.end())},
          {"locations", boost::json::array(about.locations.begin(), about.locations.end())},
          {"created_at", rfc3339_seconds(image.created_at)}};
}

void list(const Call& call) {
  call->answer(listed(call->context().catalogue->current()->images, image_json));
}

std::vector<std::string> read_words(JsonFields& fields, std::string_view name) {
  std::vector<std::string> words;
  for (const auto word :
       fields.optional_strings(name, 100, name_bytes_max).value_or(std::vector<std::string_view>{}))
    words.emplace_back(word);
  return words;
}

ImagePublished read_image(JsonFields& fields) {
  return {std::string(fields.required_string("name", name_bytes_max)),
          std::string(fields.optional_string("description", 2000).value_or("")),
          read_words(fields, "tags"), read_words(fields, "locations")};
}

void publish(const Call& call, const std::string& id, unsigned status) {
  with_body(call, read_image, [&](ImagePublished image) {
    order<Image>(call, id, Image::Publish{std::move(image)}, [=] {
      call->answer(image_json(*call->context().catalogue->current()->image_by_id(id)), status);
    });
  });
}

}  // namespace

void add_images(AdminRoutes& routes) {
  routes.add(Method::get, "/orrery/v1/images", AdminAction::see_fleet, list);
  routes.add(Method::post, "/orrery/v1/images", AdminAction::change_fleet,
             [](const Call& call) { publish(call, call->ids().uuid(), 201); });
  routes.add(Method::put, "/orrery/v1/images/{image_id}", AdminAction::change_fleet,
             [](const Call& call) { publish(call, call->parameter(0), 200); });
}

}  // namespace orrery::admin
