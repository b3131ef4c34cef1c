#include "actors/container_image/container_image.hpp"

#include <algorithm>

#include "actors/volume/volume.hpp"
#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "projections/offers/offers_view.hpp"
#include "projections/volumes/volume_view.hpp"

namespace orrery::admin {
namespace {

boost::json::object volume_json(const VolumeDetails& volume) {
  const auto& instances = volume.instance_ids;
  const auto& since = volume.unmounted_since;
  return {{"id", volume.id},
          {"cluster", volume.cluster},
          {"size_gb", volume.size_gb},
          {"instance_ids", boost::json::array(instances.begin(), instances.end())},
          {"unmounted_since",
           since ? boost::json::value(rfc3339_seconds(*since)) : boost::json::value(nullptr)},
          {"created_at", rfc3339_seconds(volume.created_at)}};
}

void list_volumes(const Call& call) {
  const auto limit = page_size(call->request());
  const auto after = read_place(call->request());
  if (!limit) return call->wrong(page_size_wanted);
  if (!after) return call->wrong(place_wanted);
  const auto page = call->context().volumes->list(call->parameter(0),
                                                  {*after, *limit, Direction::oldest_first}, {});
  auto json = listed(page.items, [](const auto& placed) { return volume_json(placed.item); });
  if (page.more) json["next"] = std::to_string(page.next);
  call->answer(json);
}

void delete_volume(const Call& call) {
  if (!call->context().volumes->find(call->parameter(0), call->parameter(1)))
    return call->not_found("volume");
  order<Volume>(call, call->parameter(1), Volume::Delete{}, [call] { call->done(); });
}

boost::json::object image_json(const SavedImage& image) {
  return {{"id", image.id},
          {"image", image.description.image},
          {"instance_id", image.description.instance_id},
          {"size_bytes", image.description.size_bytes},
          {"saved_at", rfc3339_seconds(image.saved_at)}};
}

/// In the order in which they were saved; `next` of an answer is the id of its last one, which must
/// still be there.
void list_images(const Call& call) {
  const auto limit = page_size(call->request());
  if (!limit) return call->wrong(page_size_wanted);
  auto images = call->context().offers->saved_images(call->parameter(0));
  if (const auto after = call->request().query_parameter("after"); !after.empty()) {
    const auto last = std::ranges::find(images, after, &SavedImage::id);
    if (last == images.end()) return call->wrong(place_wanted);
    images.erase(images.begin(), last + 1);
  }
  const bool is_more = images.size() > *limit;
  if (is_more) images.resize(*limit);
  auto json = listed(images, image_json);
  if (is_more) json["next"] = images.back().id;
  call->answer(json);
}

void delete_image(const Call& call) {
  if (!call->context().offers->saved_image_by_id(call->parameter(0), call->parameter(1)))
    return call->not_found("image");
  order<ContainerImage>(call, call->parameter(1), ContainerImage::Withdraw{},
                        [call] { call->done(); });
}

}  // namespace

void add_stored_things(AdminRoutes& routes) {
  routes.add(Method::get, "/orrery/v1/namespaces/{namespace_id}/volumes",
             AdminAction::see_namespace, list_volumes);
  routes.add(Method::delete_, "/orrery/v1/namespaces/{namespace_id}/volumes/{volume_id}",
             AdminAction::delete_stored, delete_volume);
  routes.add(Method::get, "/orrery/v1/namespaces/{namespace_id}/images", AdminAction::see_namespace,
             list_images);
  routes.add(Method::delete_, "/orrery/v1/namespaces/{namespace_id}/images/{image_id}",
             AdminAction::delete_stored, delete_image);
}

}  // namespace orrery::admin
