#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "events/simulation_events.hpp"
#include "projections/runtime/view.hpp"

namespace orrery {

struct SimulatedClusterDetails {
  std::string name;
  SimulatedClusterRequested machines;
  SimulatedFaultsSet faults;
  bool is_complete = false;
  Time requested_at{};
  /// When the nodes asked for last were all there; of an incomplete one when it was asked for.
  Time since{};
  /// Of the nodes asked for: registered, and able to take work.
  std::uint64_t node_count = 0;
  std::uint64_t ready_count = 0;
  /// With anybody's cordon.
  std::uint64_t cordoned_count = 0;
  std::uint64_t gpu_count = 0;
  /// Of the GPUs: in quarantine, being repaired, being tested.
  std::uint64_t quarantined_count = 0;
  std::uint64_t in_repair_count = 0;
  std::uint64_t in_verification_count = 0;
  /// Since it was requested.
  std::uint64_t gpu_fault_count = 0;
  std::uint64_t node_loss_count = 0;

  BOOST_DESCRIBE_CLASS(SimulatedClusterDetails, (),
                       (name, machines, faults, is_complete, requested_at, since, node_count,
                        ready_count, cordoned_count, gpu_count, quarantined_count, in_repair_count,
                        in_verification_count, gpu_fault_count, node_loss_count),
                       (), ())
};

/// The simulated clusters: what was asked for, how far it is, what is broken. It counts, and keeps
/// of a single node or GPU only what is wrong with it.
class SimulatedClusterView : public View {
 public:
  SimulatedClusterView();
  ~SimulatedClusterView() override;

  std::optional<SimulatedClusterDetails> find(std::string_view name) const;
  /// By name.
  std::vector<SimulatedClusterDetails> list() const;

  std::string_view name() const override { return "simulated_clusters"; }
  void apply(const RecordedEvent& recorded) override;
  void save(std::string& out) const override;
  void load(std::string_view bytes) override;
  std::unique_ptr<View> fresh() const override { return std::make_unique<SimulatedClusterView>(); }

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace orrery
