#include "projections/availability/availability_view.hpp"

#include <mutex>

#include "events/stream_name.hpp"
#include "projections/availability/stock.hpp"

namespace orrery {

/// Questions change what a pool foresees, so they lock as the writer does.
struct AvailabilityView::State {
  mutable std::mutex mutex;
  Stock stock;
};

AvailabilityView::AvailabilityView() : state_(std::make_unique<State>()) {}
AvailabilityView::~AvailabilityView() = default;

bool AvailabilityView::available(std::string_view cluster, std::string_view gpu_model,
                                 std::uint32_t gpu_count) const {
  const std::lock_guard lock(state_->mutex);
  return state_->stock.available(cluster, gpu_model, gpu_count);
}

std::uint64_t AvailabilityView::capacity(std::string_view cluster, std::string_view gpu_model,
                                         std::uint32_t gpu_count) const {
  const std::lock_guard lock(state_->mutex);
  return state_->stock.capacity(cluster, gpu_model, gpu_count);
}

std::uint64_t AvailabilityView::free_gpu_count(std::string_view cluster,
                                               std::string_view gpu_model) const {
  const std::lock_guard lock(state_->mutex);
  return state_->stock.free_gpu_count(cluster, gpu_model);
}

std::vector<PoolFigures> AvailabilityView::pools() const {
  const std::lock_guard lock(state_->mutex);
  return state_->stock.pools();
}

void AvailabilityView::apply(const RecordedEvent& recorded) {
  const auto id = stream_id(recorded.stream);
  std::visit(
      [&](const auto& event) {
        if constexpr (requires(Stock stock) { stock.fold(event, id, recorded.position); }) {
          const std::lock_guard lock(state_->mutex);
          state_->stock.fold(event, id, recorded.position);
        }
      },
      recorded.event);
}

void AvailabilityView::save(std::string& out) const {
  ByteWriter writer(out);
  state_->stock.save(writer);
}

void AvailabilityView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  loaded->stock.load(reader);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
