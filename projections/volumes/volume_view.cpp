#include "projections/volumes/volume_view.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "events/stream_name.hpp"
#include "projections/runtime/details_table.hpp"

namespace orrery {

struct VolumeView::State {
  void fold(const VolumeCreated& created, const RecordedEvent& recorded);
  void fold(const VolumeMounted& mounted, const RecordedEvent& recorded);
  void fold(const VolumeUnmounted& unmounted, const RecordedEvent& recorded);
  void fold(const VolumeDeleted&, const RecordedEvent& recorded);

  template <class Change>
  void change(const RecordedEvent& recorded, Change change) {
    volumes.change(stream_id(recorded.stream), [&](VolumeDetails& volume) {
      change(volume);
      volume.version = recorded.version;
    });
  }

  DetailsTable<VolumeDetails> volumes;
};

VolumeView::VolumeView() : state_(std::make_unique<State>()) {}
VolumeView::~VolumeView() = default;

std::optional<VolumeDetails> VolumeView::find(std::string_view namespace_id,
                                              std::string_view volume_id) const {
  return state_->volumes.find(namespace_id, volume_id);
}

Page<VolumeDetails> VolumeView::list(std::string_view namespace_id, const PageRequest& request,
                                     const Filter& filter) const {
  return state_->volumes.list(namespace_id, request, filter);
}

void VolumeView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { state_->fold(event, recorded); }) state_->fold(event, recorded);
      },
      recorded.event);
}

void VolumeView::State::fold(const VolumeCreated& created, const RecordedEvent& recorded) {
  VolumeDetails volume;
  volume.id = stream_id(recorded.stream);
  volume.namespace_id = created.namespace_id;
  volume.cluster = created.cluster;
  volume.size_gb = created.size_gb;
  volume.unmounted_since = volume.created_at = recorded.time;
  volume.version = recorded.version;
  volumes.add(recorded.position, created.namespace_id, std::move(volume));
}

void VolumeView::State::fold(const VolumeMounted& mounted, const RecordedEvent& recorded) {
  change(recorded, [&](VolumeDetails& volume) {
    if (std::ranges::find(volume.instance_ids, mounted.instance_id) == volume.instance_ids.end())
      volume.instance_ids.push_back(mounted.instance_id);
    volume.unmounted_since.reset();
  });
}

void VolumeView::State::fold(const VolumeUnmounted& unmounted, const RecordedEvent& recorded) {
  change(recorded, [&](VolumeDetails& volume) {
    if (std::erase(volume.instance_ids, unmounted.instance_id) == 0) return;
    if (volume.instance_ids.empty()) volume.unmounted_since = recorded.time;
  });
}

void VolumeView::State::fold(const VolumeDeleted&, const RecordedEvent& recorded) {
  change(recorded, [](VolumeDetails& volume) { volume.deleted = true; });
}

void VolumeView::save(std::string& out) const {
  ByteWriter writer(out);
  state_->volumes.save(writer);
}

void VolumeView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  loaded->volumes.load(reader);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
