#include "projections/catalogue/catalogue_view.hpp"

#include <algorithm>
#include <variant>

#include "events/archive.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

void fold(Catalogue& catalogue, const ImagePublished& published, const RecordedEvent& recorded) {
  const auto id = stream_id(recorded.stream);
  const auto found = std::ranges::find(catalogue.images, id, &ImageEntry::id);
  if (found == catalogue.images.end())
    catalogue.images.push_back({std::string(id), published, recorded.time});
  else
    found->description = published;
}

/// The cluster as nodes see it: declared or not.
ClusterEntry* named(Catalogue& catalogue, std::string_view name) {
  for (auto* clusters : {&catalogue.clusters, &catalogue.undeclared_clusters}) {
    const auto found = std::ranges::find(*clusters, name, &ClusterEntry::name);
    if (found != clusters->end()) return &*found;
  }
  return nullptr;
}

void fold(Catalogue& catalogue, const ClusterDeclared& declared, const RecordedEvent& recorded) {
  const auto name = stream_id(recorded.stream);
  const auto found = std::ranges::find(catalogue.clusters, name, &ClusterEntry::name);
  if (found != catalogue.clusters.end()) {
    found->policy = declared;
    return;
  }
  ClusterEntry entry{std::string(name), declared, {}};
  if (const auto* before = named(catalogue, name)) entry.gpu_models = before->gpu_models;
  std::erase_if(catalogue.undeclared_clusters,
                [&](const ClusterEntry& cluster) { return cluster.name == name; });
  catalogue.clusters.push_back(std::move(entry));
}

void fold(Catalogue& catalogue, const NodeRegistered& registered, const RecordedEvent&) {
  auto* cluster = named(catalogue, registered.cluster);
  if (!cluster)
    cluster = &catalogue.undeclared_clusters.emplace_back(ClusterEntry{registered.cluster, {}, {}});
  if (registered.gpu_count == 0) return;
  auto& models = cluster->gpu_models;
  const auto place = std::ranges::lower_bound(models, registered.gpu_model);
  if (place == models.end() || *place != registered.gpu_model)
    models.insert(place, registered.gpu_model);
}

void fold(Catalogue& catalogue, const AddressPoolDeclared& declared,
          const RecordedEvent& recorded) {
  const auto name = stream_id(recorded.stream);
  const auto found = std::ranges::find(catalogue.address_pools, name, &AddressPoolEntry::name);
  if (found == catalogue.address_pools.end())
    catalogue.address_pools.push_back({std::string(name), declared});
  else
    found->declaration = declared;
}

template <class Items, class Member>
auto* find_in(const Items& items, Member member, std::string_view value) {
  const auto found = std::ranges::find(items, value, member);
  return found == items.end() ? nullptr : &*found;
}

}  // namespace

const ImageEntry* Catalogue::image_by_id(std::string_view id) const {
  return find_in(images, &ImageEntry::id, id);
}

const ImageEntry* Catalogue::image_by_name(std::string_view name) const {
  const auto found = std::find_if(images.rbegin(), images.rend(), [&](const ImageEntry& image) {
    return image.description.name == name;
  });
  return found == images.rend() ? nullptr : &*found;
}

const ClusterEntry* Catalogue::cluster(std::string_view name) const {
  return find_in(clusters, &ClusterEntry::name, name);
}

const ClusterEntry* Catalogue::cluster_at(std::string_view location) const {
  if (location.empty()) return nullptr;
  const auto found = std::ranges::find_if(
      clusters, [&](const ClusterEntry& cluster) { return cluster.policy.location == location; });
  return found == clusters.end() ? nullptr : &*found;
}

std::vector<std::string> Catalogue::locations() const {
  std::vector<std::string> locations;
  for (const auto& each : clusters)
    if (!each.policy.location.empty()) locations.push_back(each.policy.location);
  std::ranges::sort(locations);
  locations.erase(std::ranges::unique(locations).begin(), locations.end());
  return locations;
}

CatalogueView::CatalogueView() : catalogue_(std::make_shared<const Catalogue>()) {}

std::shared_ptr<const Catalogue> CatalogueView::current() const {
  const std::lock_guard lock(mutex_);
  return catalogue_;
}

bool CatalogueView::changes(const RecordedEvent& recorded) const {
  if (std::holds_alternative<ImagePublished>(recorded.event)) return true;
  if (std::holds_alternative<ClusterDeclared>(recorded.event)) return true;
  if (std::holds_alternative<AddressPoolDeclared>(recorded.event)) return true;
  const auto* registered = std::get_if<NodeRegistered>(&recorded.event);
  if (!registered || registered->driver == NodeDriver::owner) return false;
  const auto* cluster = catalogue_->cluster(registered->cluster);
  if (!cluster) return true;
  return registered->gpu_count != 0 &&
         !std::ranges::binary_search(cluster->gpu_models, registered->gpu_model);
}

void CatalogueView::apply(const RecordedEvent& recorded) {
  if (!changes(recorded)) return;
  auto next = std::make_shared<Catalogue>(*catalogue_);
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { fold(*next, event, recorded); }) fold(*next, event, recorded);
      },
      recorded.event);
  publish(std::move(next));
}

void CatalogueView::publish(std::shared_ptr<const Catalogue> next) {
  const std::lock_guard lock(mutex_);
  catalogue_.swap(next);
}

void CatalogueView::save(std::string& out) const {
  ByteWriter writer(out);
  writer(*catalogue_);
}

void CatalogueView::load(std::string_view bytes) {
  publish(std::make_shared<const Catalogue>());
  auto loaded = std::make_shared<Catalogue>();
  ByteReader reader(bytes);
  reader(*loaded);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  publish(std::move(loaded));
}

}  // namespace orrery
