#include "projections/simulated_clusters/simulated_cluster_view.hpp"

#include <algorithm>
#include <functional>
#include <mutex>
#include <shared_mutex>

#include "events/archive.hpp"
#include "events/folds/simulated_nodes.hpp"
#include "events/stream_name.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {
namespace {

using Details = SimulatedClusterDetails;

/// What is wrong with a GPU.
enum class Trouble : std::uint8_t { quarantined, in_repair, in_verification };

std::uint64_t& count_of(Details& cluster, Trouble trouble) {
  switch (trouble) {
    case Trouble::in_repair:
      return cluster.in_repair_count;
    case Trouble::in_verification:
      return cluster.in_verification_count;
    default:
      return cluster.quarantined_count;
  }
}

}  // namespace

struct SimulatedClusterView::State {
  using Clusters = std::map<std::string, Details, std::less<>>;

  mutable WriterFirstMutex mutex;
  Clusters clusters;
  /// By GPU.
  std::map<std::string, Trouble, std::less<>> troubles;
  /// By node: how many have cordoned it.
  std::map<std::string, std::uint32_t, std::less<>> cordons;

  /// The cluster that a node of this id is one of; null where it is none's. Under the lock.
  Details* cluster_of(std::string_view node_id) {
    const auto number = number_of_simulated_node(node_id);
    if (!number) return nullptr;
    const auto found = clusters.find(cluster_of_simulated_node(node_id));
    if (found == clusters.end() || *number > found->second.machines.node_count) return nullptr;
    return &found->second;
  }

  template <class Change>
  void change_node(const RecordedEvent& recorded, Change change) {
    const auto id = stream_id(recorded.stream);
    if (auto* cluster = cluster_of(id)) {
      const std::unique_lock lock(mutex);
      change(*cluster, id);
    }
  }
  template <class Change>
  void change_gpu(const RecordedEvent& recorded, Change change) {
    const auto id = stream_id(recorded.stream);
    if (auto* cluster = cluster_of(id.substr(0, id.rfind(':')))) {
      const std::unique_lock lock(mutex);
      change(*cluster, id);
    }
  }
  template <class Change>
  void change_cluster(const RecordedEvent& recorded, Change change) {
    const std::unique_lock lock(mutex);
    auto& cluster = clusters[std::string(stream_id(recorded.stream))];
    cluster.name = stream_id(recorded.stream);
    change(cluster);
  }

  void set_trouble(Details& cluster, std::string_view gpu, std::optional<Trouble> trouble) {
    const auto found = troubles.find(gpu);
    if (found != troubles.end()) {
      --count_of(cluster, found->second);
      troubles.erase(found);
    }
    if (!trouble) return;
    troubles.emplace(gpu, *trouble);
    ++count_of(cluster, *trouble);
  }
  void trouble_gpu(const RecordedEvent& recorded, std::optional<Trouble> trouble) {
    change_gpu(recorded, [&](Details& cluster, auto id) { set_trouble(cluster, id, trouble); });
  }

  void fold(const RecordedEvent& recorded, const SimulatedClusterRequested& event) {
    change_cluster(recorded, [&](Details& cluster) {
      if (cluster.machines.node_count == 0) cluster.requested_at = recorded.time;
      cluster.machines = event;
      cluster.is_complete = false;
      cluster.since = recorded.time;
    });
  }
  void fold(const RecordedEvent& recorded, const SimulatedClusterCompleted&) {
    change_cluster(recorded, [&](Details& cluster) {
      cluster.is_complete = true;
      cluster.since = recorded.time;
    });
  }
  void fold(const RecordedEvent& recorded, const SimulatedFaultsSet& event) {
    change_cluster(recorded, [&](Details& cluster) { cluster.faults = event; });
  }

  void fold(const RecordedEvent& recorded, const NodeRegistered&) {
    change_node(recorded, [](Details& cluster, auto) { ++cluster.node_count; });
  }
  void fold(const RecordedEvent& recorded, const NodeBecameReady&) {
    change_node(recorded, [](Details& cluster, auto) { ++cluster.ready_count; });
  }
  void fold(const RecordedEvent& recorded, const NodeLost&) {
    change_node(recorded, [](Details& cluster, auto) {
      --cluster.ready_count;
      ++cluster.node_loss_count;
    });
  }
  void fold(const RecordedEvent& recorded, const NodeCordoned&) {
    change_node(recorded, [this](Details& cluster, auto id) {
      if (cordons[std::string(id)]++ == 0) ++cluster.cordoned_count;
    });
  }
  void fold(const RecordedEvent& recorded, const NodeCordonLifted&) {
    change_node(recorded, [this](Details&, auto id) { --cordons.find(id)->second; });
  }
  void fold(const RecordedEvent& recorded, const NodeUncordoned&) {
    change_node(recorded, [this](Details& cluster, auto id) {
      cordons.erase(cordons.find(id));
      --cluster.cordoned_count;
    });
  }

  void fold(const RecordedEvent& recorded, const GpuRegistered&) {
    change_gpu(recorded, [](Details& cluster, auto) { ++cluster.gpu_count; });
  }
  void fold(const RecordedEvent& recorded, const GpuFaulted&) {
    change_gpu(recorded, [this](Details& cluster, auto id) {
      set_trouble(cluster, id, Trouble::quarantined);
      ++cluster.gpu_fault_count;
    });
  }
  void fold(const RecordedEvent& recorded, const GpuRepairStarted&) {
    trouble_gpu(recorded, Trouble::in_repair);
  }
  void fold(const RecordedEvent& recorded, const GpuVerificationStarted&) {
    trouble_gpu(recorded, Trouble::in_verification);
  }
  void fold(const RecordedEvent& recorded, const GpuVerificationFailed&) {
    trouble_gpu(recorded, Trouble::quarantined);
  }
  void fold(const RecordedEvent& recorded, const GpuRepaired&) {
    trouble_gpu(recorded, std::nullopt);
  }
};

SimulatedClusterView::SimulatedClusterView() : state_(std::make_unique<State>()) {}
SimulatedClusterView::~SimulatedClusterView() = default;

std::optional<Details> SimulatedClusterView::find(std::string_view name) const {
  const std::shared_lock lock(state_->mutex);
  const auto found = state_->clusters.find(name);
  return found == state_->clusters.end() ? std::nullopt : std::optional(found->second);
}

std::vector<Details> SimulatedClusterView::list() const {
  const std::shared_lock lock(state_->mutex);
  std::vector<Details> clusters;
  for (const auto& [name, cluster] : state_->clusters) clusters.push_back(cluster);
  return clusters;
}

/// Only `apply` changes the state, so it may look without the lock.
void SimulatedClusterView::apply(const RecordedEvent& recorded) {
  std::visit(
      [&](const auto& event) {
        if constexpr (requires { state_->fold(recorded, event); }) state_->fold(recorded, event);
      },
      recorded.event);
}

void SimulatedClusterView::save(std::string& out) const {
  ByteWriter{out}(state_->clusters, state_->troubles, state_->cordons);
}

void SimulatedClusterView::load(std::string_view bytes) {
  state_ = std::make_unique<State>();
  auto loaded = std::make_unique<State>();
  ByteReader reader(bytes);
  reader(loaded->clusters, loaded->troubles, loaded->cordons);
  if (!reader.exhausted()) throw MalformedBytes("bytes after the end");
  state_ = std::move(loaded);
}

}  // namespace orrery
