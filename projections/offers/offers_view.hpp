#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "projections/runtime/view.hpp"

namespace orrery {

struct RegionOffer {
  std::string id;
  RegionDeclared declaration;
  /// When it was declared first, and last.
  Time created_at{};
  Time updated_at{};
  /// Nothing can be ordered there any more. Declared again, it is back.
  bool withdrawn = false;

  BOOST_DESCRIBE_CLASS(RegionOffer, (), (id, declaration, created_at, updated_at, withdrawn), (),
                       ())
};

struct SkuOffer {
  std::string id;
  SkuDeclared declaration;
  Time created_at{};
  Time updated_at{};
  bool withdrawn = false;

  BOOST_DESCRIBE_CLASS(SkuOffer, (), (id, declaration, created_at, updated_at, withdrawn), (), ())
};

/// An official image: everybody can run it.
struct ImageOffer {
  std::string id;
  /// Full name with tag.
  std::string image;
  Time created_at{};
  Time updated_at{};
  bool withdrawn = false;

  BOOST_DESCRIBE_CLASS(ImageOffer, (), (id, image, created_at, updated_at, withdrawn), (), ())
};

/// A private image: its owner alone knows and can run it.
struct SavedImage {
  std::string id;
  ContainerImageSaved description;
  Time saved_at{};

  BOOST_DESCRIBE_CLASS(SavedImage, (), (id, description, saved_at), (), ())
};

/// What is for sale in the NeoLink dialect, and what was. Immutable. Each list is in the order of
/// the first declarations and holds what is withdrawn too, because instances outlive offers.
struct Offers {
  std::vector<RegionOffer> regions;
  std::vector<SkuOffer> skus;
  std::vector<ImageOffer> images;
  /// By cluster: how a region was declared when it sold the cluster last, before it was declared to
  /// sell another.
  std::map<std::string, RegionOffer> former_regions;

  /// On offer now. Null where there is none.
  const RegionOffer* region(std::string_view id) const;
  const SkuOffer* sku(std::string_view id) const;
  /// By full name with tag.
  const ImageOffer* image(std::string_view name) const;
  /// The region that sells the cluster; where none does, a withdrawn one, or one as it was when it
  /// sold the cluster: for what still runs there. Null where no region ever had it.
  const RegionOffer* region_of_cluster(std::string_view cluster) const;

  /// On offer or withdrawn.
  const RegionOffer* known_region(std::string_view id) const;
  const SkuOffer* known_sku(std::string_view id) const;
  const ImageOffer* known_image(std::string_view id) const;

  BOOST_DESCRIBE_CLASS(Offers, (), (regions, skus, images, former_regions), (), ())
};

/// Regions, SKUs and container images. Offers change seldom, so a change makes a new value and
/// readers keep theirs as long as they like; customers' own images are looked up one by one.
class OffersView : public View {
 public:
  OffersView();
  ~OffersView() override;

  /// Never null. Cheap.
  std::shared_ptr<const Offers> current() const;

  /// A customer's own images in the order in which they were first saved.
  std::vector<SavedImage> saved_images(std::string_view namespace_id) const;
  /// By full name with tag: of two with one name the one saved later counts.
  std::optional<SavedImage> saved_image(std::string_view namespace_id, std::string_view name) const;
  /// By id, where it is the customer's.
  std::optional<SavedImage> saved_image_by_id(std::string_view namespace_id,
                                              std::string_view id) const;
  /// Whether a customer's new instance may run the image: an official one, or its own.
  bool can_run(std::string_view namespace_id, std::string_view image) const;

  std::string_view name() const override { return "offers"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<OffersView>(); }

 private:
  void withdraw_image(const RecordedEvent& recorded);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
