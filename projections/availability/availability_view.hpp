#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "projections/runtime/view.hpp"

namespace orrery {

/// GPUs of one model in a cluster, for metrics.
struct PoolFigures {
  std::string cluster;
  /// Empty: those who take any model.
  std::string gpu_model;
  std::uint64_t gpu_count = 0;
  /// On nodes that take work, less what is asked for already.
  std::uint64_t free_gpu_count = 0;
  /// Leases that have no GPUs yet.
  std::uint64_t waiting_lease_count = 0;
};

/// Would a create succeed now? True exactly where placement would grant `gpu_count` GPUs of a model
/// on one node of a cluster, after everything accepted before: leases that are requested and not
/// yet granted, and operations, orders and instances on their way back whose lease is not yet
/// requested, are served first. A lease that ends frees its GPUs at once, as it does in placement.
///
/// Of processors and memory nothing is foreseen. Who asks for them, for GPUs of any model or for
/// others at the same time counts as served before everybody who comes now, and once queued as
/// waiting until its GPUs are claimed: then the answer may be false where placement would grant.
class AvailabilityView : public View {
 public:
  AvailabilityView();
  ~AvailabilityView() override;

  /// The cost does not depend on the number of nodes. False for a cluster or model that isn't
  /// there.
  bool available(std::string_view cluster, std::string_view gpu_model,
                 std::uint32_t gpu_count) const;

  /// How many creates of so many GPUs each would succeed one after the other.
  std::uint64_t capacity(std::string_view cluster, std::string_view gpu_model,
                         std::uint32_t gpu_count) const;

  /// Free GPUs of a model in a cluster, on nodes that take work, less what is asked for already;
  /// for metrics.
  std::uint64_t free_gpu_count(std::string_view cluster, std::string_view gpu_model) const;

  /// Of every pool with GPUs, or for which somebody waits, by cluster and model.
  std::vector<PoolFigures> pools() const;

  std::string_view name() const override { return "availability.3"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<AvailabilityView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
