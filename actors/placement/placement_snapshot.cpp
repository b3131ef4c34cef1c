#include <algorithm>
#include <map>
#include <string_view>

#include <boost/describe.hpp>

#include "actors/placement/placement_state.hpp"
#include "events/archive.hpp"
#include "events/end_of_bytes.hpp"

namespace orrery {
namespace {

struct SavedGpu {
  /// Place of the claiming lease among the saved ones, counted from 1; 0 where there is none.
  std::uint32_t claimant = 0;
  std::uint64_t fence = 0;
  BOOST_DESCRIBE_CLASS(SavedGpu, (), (claimant, fence), (), ())
};

struct SavedNode {
  std::string id;
  NodeRegistered description;
  bool ready = false;
  bool cordoned = false;
  GpuMask registered = 0;
  GpuMask faulty = 0;
  std::vector<SavedGpu> gpus;
  BOOST_DESCRIBE_CLASS(SavedNode, (), (id, description, ready, cordoned, registered, faulty, gpus),
                       (), ())
};

struct SavedLease {
  std::string id;
  bool ended = false;
  bool queued = false;
  bool must_expire = false;
  WhenFull when_full = WhenFull::refuse;
  std::string cluster;
  std::string gpu_model;
  std::uint32_t gpu_count = 0;
  /// The grant; no GPUs where there is none yet.
  std::string node_id;
  GpuMask gpus = 0;
  std::uint64_t fence = 0;
  Position requested_at = 0;
  Position causation = 0;
  std::string correlation;
  BOOST_DESCRIBE_CLASS(SavedLease, (),
                       (id, ended, queued, must_expire, when_full, cluster, gpu_model, gpu_count,
                        node_id, gpus, fence, requested_at, causation, correlation),
                       (), ())
};

struct SavedPlacement {
  std::map<std::string, ClusterDeclared> clusters;
  std::vector<SavedNode> nodes;
  std::vector<SavedLease> leases;
  std::uint64_t fence_max = 0;
  BOOST_DESCRIBE_CLASS(SavedPlacement, (), (clusters, nodes, leases, fence_max), (), ())
};

SavedNode saved_node(const Fleet& fleet, const Fleet::Node& node,
                     const std::vector<std::uint32_t>& place_of_lease) {
  SavedNode saved{node.id, {}, node.ready, node.cordoned, node.registered, node.faulty, {}};
  saved.description.cluster = fleet.cluster_of(node.pool);
  saved.description.gpu_model = fleet.gpu_model_of(node.pool);
  saved.description.gpu_count = node.gpu_count;
  for (std::uint32_t gpu = 0; gpu < node.gpu_count; ++gpu) {
    const auto& from = node.gpus[gpu];
    saved.gpus.push_back(
        {from.claimant == Fleet::none ? 0 : place_of_lease[from.claimant], from.fence});
  }
  return saved;
}

SavedLease saved_lease(const Fleet& fleet, const PlacedLease& lease) {
  SavedLease saved;
  saved.id = *lease.id;
  saved.ended = lease.phase == PlacedLease::Phase::ended;
  saved.queued = lease.queued;
  saved.must_expire = lease.must_expire;
  saved.when_full = lease.when_full;
  if (!saved.ended && lease.pool != Fleet::none) {
    saved.cluster = fleet.cluster_of(lease.pool);
    saved.gpu_model = fleet.gpu_model_of(lease.pool);
  }
  saved.gpu_count = lease.gpu_count;
  if (lease.phase == PlacedLease::Phase::granted) {
    saved.node_id = fleet.node(lease.node).id;
    saved.gpus = lease.gpus;
    saved.fence = lease.fence;
  }
  saved.requested_at = lease.requested_at;
  saved.causation = lease.causation;
  saved.correlation = lease.correlation;
  return saved;
}

}  // namespace

void Placement::State::save(std::string& out) const {
  SavedPlacement saved;
  saved.clusters.insert(fleet_.clusters().begin(), fleet_.clusters().end());
  // In the order of ids: the numbers of leases are this process' own.
  std::map<std::string_view, std::uint32_t> number_of_lease;
  for (std::uint32_t number = 0; number < leases_.number_count(); ++number)
    if (leases_[number].phase != Phase::unused) number_of_lease[*leases_[number].id] = number;
  std::vector<std::uint32_t> place_of_lease(leases_.number_count());
  for (const auto& [id, number] : number_of_lease) {
    saved.leases.push_back(saved_lease(fleet_, leases_[number]));
    place_of_lease[number] = static_cast<std::uint32_t>(saved.leases.size());
  }
  saved.nodes.reserve(fleet_.node_count());
  for (std::uint32_t index = 0; index < fleet_.node_count(); ++index)
    saved.nodes.push_back(saved_node(fleet_, fleet_.node(index), place_of_lease));
  // What was handed out but never seen in the log is no fact.
  for (const auto& node : saved.nodes)
    for (const auto& gpu : node.gpus) saved.fence_max = std::max(saved.fence_max, gpu.fence);
  ByteWriter{out}(saved);
}

void Placement::State::load(std::string_view bytes) {
  SavedPlacement saved;
  ByteReader reader(bytes);
  reader(saved);
  expect_end(reader);
  *this = {};
  fence_max_ = saved.fence_max;
  for (const auto& [cluster, policy] : saved.clusters) fleet_.declare_cluster(cluster, policy);
  for (const auto& node : saved.nodes) {
    const auto index = fleet_.add_node(node.id, node.description);
    fleet_.set_registered(index, node.registered);
    fleet_.set_faulty(index, node.faulty, true);
    fleet_.set_cordoned(index, node.cordoned);
    fleet_.set_ready(index, node.ready);
  }
  std::vector<std::uint32_t> number_of_place(1, Fleet::none);
  for (const auto& from : saved.leases) {
    const auto number = leases_.at(from.id);
    number_of_place.push_back(number);
    auto& lease = leases_[number];
    lease.queued = from.queued;
    lease.must_expire = from.must_expire;
    lease.when_full = from.when_full;
    lease.gpu_count = from.gpu_count;
    lease.requested_at = from.requested_at;
    lease.causation = from.causation;
    lease.correlation = from.correlation;
    if (from.ended) continue;
    lease.pool = fleet_.pool_of(from.cluster, from.gpu_model);
    lease.phase = Phase::waiting;
    if (from.gpus == 0) continue;
    hold(number, fleet_.find_node(from.node_id), from.gpus, from.fence);
    lease.phase = Phase::granted;
  }
  for (std::uint32_t index = 0; index < fleet_.node_count(); ++index) {
    const auto& gpus = saved.nodes[index].gpus;
    for (std::uint32_t gpu = 0; gpu < gpus.size(); ++gpu) {
      fleet_.set_fence(index, gpu, gpus[gpu].fence);
      if (gpus[gpu].claimant != 0)
        set_claimant({index, gpu}, number_of_place.at(gpus[gpu].claimant));
    }
  }
}

}  // namespace orrery
