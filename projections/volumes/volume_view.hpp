#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "events/volume_events.hpp"
#include "projections/runtime/prepared_answer.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

/// All that is known about one data volume at one moment.
struct VolumeDetails {
  /// Such as "volume-920020f7".
  std::string id;
  std::string namespace_id;
  std::string cluster;
  std::uint32_t size_gb = 0;
  /// Who has it, on or off, in the order in which they got it.
  std::vector<std::string> instance_ids;
  /// Since when nobody has had it; nothing while somebody has.
  std::optional<Time> unmounted_since;
  bool deleted = false;
  Time created_at{};
  /// Version of its stream.
  Version version = 0;

  BOOST_DESCRIBE_CLASS(VolumeDetails, (),
                       (id, namespace_id, cluster, size_gb, instance_ids, unmounted_since, deleted,
                        created_at, version),
                       (), ())
};

/// Every data volume. Deleted ones are in no list and not found by id.
class VolumeView : public View {
 public:
  using Filter = std::function<bool(const VolumeDetails&)>;

  VolumeView();
  ~VolumeView() override;

  /// Nothing where the namespace has no such volume (any more).
  std::optional<VolumeDetails> find(std::string_view namespace_id,
                                    std::string_view volume_id) const;

  /// The volumes of a namespace in order of creation. `filter` may be empty; it must not call the
  /// view.
  Page<VolumeDetails> list(std::string_view namespace_id, const PageRequest& request,
                           const Filter& filter) const;

  std::string_view name() const override { return "volumes"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<VolumeView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
