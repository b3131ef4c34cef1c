#include "projections/offers/offers_view.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "events/archive.hpp"
#include "events/stream_name.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {
namespace {

template <class Offer, class Is>
const Offer* first(const std::vector<Offer>& offers, Is is) {
  const auto found = std::ranges::find_if(offers, is);
  return found == offers.end() ? nullptr : &*found;
}

template <class Offer>
const Offer* known(const std::vector<Offer>& offers, std::string_view id) {
  return first(offers, [&](const Offer& offer) { return offer.id == id; });
}

template <class Offer>
const Offer* on_offer(const std::vector<Offer>& offers, std::string_view id) {
  const auto* offer = known(offers, id);
  return offer && !offer->withdrawn ? offer : nullptr;
}

/// What was declared stands in the member that `declared` names.
template <class Offer, class Declaration>
void declare(std::vector<Offer>& offers, Declaration Offer::*declared, const Declaration& what,
             const RecordedEvent& recorded) {
  const auto id = stream_id(recorded.stream);
  auto found = std::ranges::find(offers, id, &Offer::id);
  if (found == offers.end()) {
    found = offers.insert(offers.end(), Offer{});
    found->id = id;
    found->created_at = recorded.time;
  }
  (*found).*declared = what;
  found->updated_at = recorded.time;
  found->withdrawn = false;
}

template <class Offer>
void withdraw(std::vector<Offer>& offers, const RecordedEvent& recorded) {
  const auto found = std::ranges::find(offers, stream_id(recorded.stream), &Offer::id);
  if (found == offers.end()) return;
  found->withdrawn = true;
  found->updated_at = recorded.time;
}

void fold(Offers& offers, const RegionDeclared& declared, const RecordedEvent& recorded) {
  const auto* before = offers.known_region(stream_id(recorded.stream));
  if (before && before->declaration.cluster != declared.cluster)
    offers.former_regions[before->declaration.cluster] = *before;
  declare(offers.regions, &RegionOffer::declaration, declared, recorded);
}
void fold(Offers& offers, const RegionWithdrawn&, const RecordedEvent& recorded) {
  withdraw(offers.regions, recorded);
}
void fold(Offers& offers, const SkuDeclared& declared, const RecordedEvent& recorded) {
  declare(offers.skus, &SkuOffer::declaration, declared, recorded);
}
void fold(Offers& offers, const SkuWithdrawn&, const RecordedEvent& recorded) {
  withdraw(offers.skus, recorded);
}
void fold(Offers& offers, const ContainerImagePublished& published, const RecordedEvent& recorded) {
  declare(offers.images, &ImageOffer::image, published.image, recorded);
}

}  // namespace

const RegionOffer* Offers::region(std::string_view id) const { return on_offer(regions, id); }
const SkuOffer* Offers::sku(std::string_view id) const { return on_offer(skus, id); }
const ImageOffer* Offers::image(std::string_view name) const {
  return first(images,
               [&](const ImageOffer& offer) { return !offer.withdrawn && offer.image == name; });
}

const RegionOffer* Offers::region_of_cluster(std::string_view cluster) const {
  const auto* sold = first(regions, [&](const RegionOffer& offer) {
    return !offer.withdrawn && offer.declaration.cluster == cluster;
  });
  if (sold) return sold;
  if (const auto* withdrawn = first(
          regions, [&](const RegionOffer& offer) { return offer.declaration.cluster == cluster; }))
    return withdrawn;
  const auto former = former_regions.find(std::string(cluster));
  return former == former_regions.end() ? nullptr : &former->second;
}

const RegionOffer* Offers::known_region(std::string_view id) const { return known(regions, id); }
const SkuOffer* Offers::known_sku(std::string_view id) const { return known(skus, id); }
const ImageOffer* Offers::known_image(std::string_view id) const { return known(images, id); }

/// Two halves with a lock each: the offers, which are replaced, and customers' images, which are
/// kept by owner and place of the first saving.
struct OffersView::State {
  using Owned = std::map<Position, SavedImage>;
  struct Place {
    std::string namespace_id;
    Position position = 0;
    BOOST_DESCRIBE_CLASS(Place, (), (namespace_id, position), (), ())
  };

  void fold(const ContainerImageSaved& image, const RecordedEvent& recorded) {
    const auto id = stream_id(recorded.stream);
    const auto place = places.find(id);
    const bool is_again = place != places.end() && place->second.namespace_id == image.namespace_id;
    const auto position = is_again ? place->second.position : recorded.position;
    if (!is_again) forget(id);
    saved[image.namespace_id][position] = {std::string(id), image, recorded.time};
    places.insert_or_assign(std::string(id), Place{image.namespace_id, position});
  }

  void forget(std::string_view id) {
    const auto place = places.find(id);
    if (place == places.end()) return;
    const auto owned = saved.find(place->second.namespace_id);
    owned->second.erase(place->second.position);
    if (owned->second.empty()) saved.erase(owned);
    places.erase(place);
  }

  template <class Is>
  std::optional<SavedImage> last_of(std::string_view namespace_id, Is is) const {
    const std::shared_lock lock(saved_mutex);
    const auto owned = saved.find(namespace_id);
    if (owned == saved.end()) return std::nullopt;
    std::optional<SavedImage> last;
    for (const auto& [position, image] : owned->second)
      if (is(image) && (!last || image.saved_at >= last->saved_at)) last = image;
    return last;
  }

  void publish(std::shared_ptr<const Offers> next) {
    const std::lock_guard lock(offers_mutex);
    offers.swap(next);
  }

  mutable std::mutex offers_mutex;
  /// Changed by the writer's thread alone, which therefore reads it without the mutex.
  std::shared_ptr<const Offers> offers = std::make_shared<const Offers>();

  mutable WriterFirstMutex saved_mutex;
  std::map<std::string, Owned, std::less<>> saved;
  /// By id.
  std::map<std::string, Place, std::less<>> places;
};

OffersView::OffersView() : state_(std::make_unique<State>()) {}
OffersView::~OffersView() = default;

std::shared_ptr<const Offers> OffersView::current() const {
  const std::lock_guard lock(state_->offers_mutex);
  return state_->offers;
}

std::vector<SavedImage> OffersView::saved_images(std::string_view namespace_id) const {
  const std::shared_lock lock(state_->saved_mutex);
  std::vector<SavedImage> images;
  if (const auto owned = state_->saved.find(namespace_id); owned != state_->saved.end())
    for (const auto& [position, image] : owned->second) images.push_back(image);
  return images;
}

std::optional<SavedImage> OffersView::saved_image(std::string_view namespace_id,
                                                  std::string_view name) const {
  return state_->last_of(namespace_id,
                         [&](const SavedImage& image) { return image.description.image == name; });
}

std::optional<SavedImage> OffersView::saved_image_by_id(std::string_view namespace_id,
                                                        std::string_view id) const {
  return state_->last_of(namespace_id, [&](const SavedImage& image) { return image.id == id; });
}

bool OffersView::can_run(std::string_view namespace_id, std::string_view image) const {
  return current()->image(image) || saved_image(namespace_id, image);
}

void OffersView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&]<class E>(const E& event) {
        if constexpr (std::is_same_v<E, ContainerImageSaved>) {
          const std::unique_lock lock(state_->saved_mutex);
          state_->fold(event, recorded);
        } else if constexpr (std::is_same_v<E, ContainerImageWithdrawn>) {
          withdraw_image(recorded);
        } else if constexpr (requires(Offers & next) { fold(next, event, recorded); }) {
          auto next = std::make_shared<Offers>(*state_->offers);
          fold(*next, event, recorded);
          state_->publish(std::move(next));
        }
      },
      recorded.event);
}

/// An official one, or a customer's: the id tells.
void OffersView::withdraw_image(const RecordedEvent& recorded) {
  const auto id = stream_id(recorded.stream);
  {
    const std::unique_lock lock(state_->saved_mutex);
    state_->forget(id);
  }
  if (!state_->offers->known_image(id)) return;
  auto next = std::make_shared<Offers>(*state_->offers);
  withdraw(next->images, recorded);
  state_->publish(std::move(next));
}

void OffersView::save(std::string& out) const {
  ByteWriter writer(out);
  writer(*state_->offers, state_->saved);
}

void OffersView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  auto offers = std::make_shared<Offers>();
  ByteReader reader(bytes);
  reader(*offers, loaded->saved);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  for (const auto& [namespace_id, owned] : loaded->saved)
    for (const auto& [position, image] : owned)
      if (!loaded->places.emplace(image.id, State::Place{namespace_id, position}).second)
        throw MalformedBytes("an image twice");
  loaded->offers = std::move(offers);
  state_ = std::move(loaded);
}

}  // namespace orrery
