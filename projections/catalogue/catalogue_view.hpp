#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "projections/runtime/view.hpp"

namespace orrery {

struct ImageEntry {
  std::string id;
  ImagePublished description;
  /// When it was published first.
  Time created_at{};

  BOOST_DESCRIBE_CLASS(ImageEntry, (), (id, description, created_at), (), ())
};

struct ClusterEntry {
  std::string name;
  ClusterDeclared policy;
  /// Models of the GPUs that nodes of the cluster have, sorted; ready or not.
  std::vector<std::string> gpu_models;

  BOOST_DESCRIBE_CLASS(ClusterEntry, (), (name, policy, gpu_models), (), ())
};

struct AddressPoolEntry {
  std::string name;
  AddressPoolDeclared declaration;

  BOOST_DESCRIBE_CLASS(AddressPoolEntry, (), (name, declaration), (), ())
};

/// What can be chosen: images, clusters, GPU models. Immutable.
struct Catalogue {
  /// In the order in which they were first published.
  std::vector<ImageEntry> images;
  /// In the order in which they were first declared.
  std::vector<ClusterEntry> clusters;
  /// Those that nodes name although nobody has declared them (yet): nothing can be created there.
  std::vector<ClusterEntry> undeclared_clusters;
  /// In the order in which they were first declared.
  std::vector<AddressPoolEntry> address_pools;

  /// Null where there is none. Of two images with one name the one published later counts.
  const ImageEntry* image_by_id(std::string_view id) const;
  const ImageEntry* image_by_name(std::string_view name) const;
  const ClusterEntry* cluster(std::string_view name) const;
  /// The first cluster of a location; null for no location, which customers of VMs cannot name.
  const ClusterEntry* cluster_at(std::string_view location) const;
  /// Each location once, sorted.
  std::vector<std::string> locations() const;

  BOOST_DESCRIBE_CLASS(Catalogue, (), (images, clusters, undeclared_clusters, address_pools), (),
                       ())
};

/// The catalogue changes seldom, so a change makes a new one and readers keep theirs as long as
/// they like.
class CatalogueView : public View {
 public:
  CatalogueView();

  /// Never null. Cheap.
  std::shared_ptr<const Catalogue> current() const;

  std::string_view name() const override { return "catalogue.2"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<CatalogueView>(); }

 private:
  /// Whether a catalogue after `recorded` differs. Nodes come by the thousand, models don't.
  bool changes(const RecordedEvent& recorded) const;
  void publish(std::shared_ptr<const Catalogue> next);

  mutable std::mutex mutex_;
  /// Changed by the writer's thread alone, which therefore reads it without the mutex.
  std::shared_ptr<const Catalogue> catalogue_;
};

}  // namespace orrery
