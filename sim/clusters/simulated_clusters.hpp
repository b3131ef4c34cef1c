#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

#include "actors/runtime/tailer.hpp"
#include "events/archive.hpp"
#include "sim/clusters/fault_plan.hpp"
#include "sim/simulated_driver_actor.hpp"

namespace orrery {

/// What simulated clusters want done: a command, or a mishap for the simulated driver to play.
using SimulationOrder = std::variant<OwedCommand, LoseNode, RestoreNode, FaultGpu, CutOffNode,
                                     ReconnectNode, SetSlowStarts, SlowNextStart>;

/// A node that its cluster wants and that isn't registered.
struct NodeToBe {
  std::string cluster;
  SimulatedClusterRequested machines;
  std::uint32_t number = 0;
  Origin origin;
};

/// A tailer: which nodes of the simulated clusters are missing, and what breaks in them when. Pure.
///
/// Which nodes are registered follows from the log, so a server that died in the midst goes on. A
/// node that somebody else registered under the same id counts as it is.
///
/// Faults come at simulated times since they were set (`planned_faults`), and only while somebody
/// serves: what would have broken while nobody did has been mended. What is lost or cut off comes
/// back after its span; the driver forgets all of it when it dies, and boots what is lost.
class SimulatedClusters {
 public:
  using Owed = SimulationOrder;
  static constexpr std::string_view name = "simulated_clusters";
  /// Silence after which a node counts as lost, in simulated time.
  static constexpr std::chrono::microseconds partition_grace = std::chrono::minutes(1);

  void apply(const RecordedEvent& recorded);
  std::vector<SimulationOrder> due();
  std::vector<SimulationOrder> resume();
  std::vector<SimulationOrder> at(Time now);
  void save(std::string& out) const;
  void load(std::string_view bytes);

  /// The next missing node, each once; nothing where none is.
  std::optional<NodeToBe> take_missing();

  /// So many times as fast as the clock simulated time passes; 1 unless said.
  void set_time_scale(double scale) { time_scale_ = scale; }

 private:
  struct Cluster {
    SimulatedClusterRequested machines;
    bool is_complete = false;
    /// A bit for each number.
    std::vector<std::uint64_t> registered;
    std::uint64_t node_count = 0;
    /// Of the registered nodes, by their own word; and those of them that are registered.
    std::uint64_t gpus_expected = 0;
    std::uint64_t gpu_count = 0;
    SimulatedFaultsSet faults;
    std::int64_t faults_set_at_us = 0;
    /// Of the events that asked for machines, and for faults.
    Position causation = 0;
    std::string correlation;
    Position faults_causation = 0;
    std::string faults_correlation;

    BOOST_DESCRIBE_CLASS(Cluster, (),
                         (machines, is_complete, registered, node_count, gpus_expected, gpu_count,
                          faults, faults_set_at_us, causation, correlation, faults_causation,
                          faults_correlation),
                         (), ())
  };
  /// What is known of a cluster only while this server lives.
  struct Progress {
    /// Numbers up to this one have been taken.
    std::uint32_t taken = 0;
    /// Simulated time since the faults were set, up to which they have been played.
    std::optional<std::chrono::microseconds> played;
  };
  using Clusters = std::map<std::string, Cluster, std::less<>>;

  void on_cluster(std::string_view id, const RecordedEvent& recorded);
  void on_node(std::string_view id, const NodeRegistered& registered);
  void on_gpu(std::string_view id);
  static bool is_registered(const Cluster& cluster, std::uint32_t number);
  static Origin origin_of(const Cluster& cluster);
  void owe_completion(const std::string& id, const Cluster& cluster,
                      std::vector<SimulationOrder>& owed) const;
  void play(const std::string& id, const Cluster& cluster, Time now,
            std::vector<SimulationOrder>& owed);
  void begin(const PlannedFault& fault, const Origin& origin, Time now,
             std::vector<SimulationOrder>& owed);
  void come_back(Time at, SimulationOrder order) { later_.emplace(at, std::move(order)); }
  std::chrono::microseconds real(std::chrono::microseconds simulated) const;

  Clusters clusters_;

  double time_scale_ = 1;
  bool resumed_ = false;
  std::map<std::string, Progress, std::less<>> progress_;
  /// Clusters to look at, with those whose slow starts were set.
  std::map<std::string, bool, std::less<>> noted_;
  std::multimap<Time, SimulationOrder> later_;
};

static_assert(Tailer<SimulatedClusters>);

}  // namespace orrery
