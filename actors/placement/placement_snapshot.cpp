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
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;
  /// Empty where it stands alone, or its gang is settled.
  std::string gang_id;
  std::uint32_t slot = 0;
  /// The one that it wants; one that isn't known has no name.
  bool wants_a_node = false;
  std::string wanted_node;
  /// The grant; empty where there is none yet.
  std::string node_id;
  GpuMask gpus = 0;
  std::uint64_t fence = 0;
  Position requested_at = 0;
  Position causation = 0;
  std::string correlation;
  BOOST_DESCRIBE_CLASS(SavedLease, (),
                       (id, ended, queued, must_expire, when_full, cluster, gpu_model, gpu_count,
                        cpu_count, memory_mib, gang_id, slot, wants_a_node, wanted_node, node_id,
                        gpus, fence, requested_at, causation, correlation),
                       (), ())
};

struct SavedGang {
  std::string id;
  std::uint32_t size = 0;
  std::uint32_t requested_count = 0;
  Position requested_at = 0;
  std::string cluster;
  std::string gpu_model;
  bool wants_gpus = false;
  bool is_mixed = false;
  BOOST_DESCRIBE_CLASS(SavedGang, (),
                       (id, size, requested_count, requested_at, cluster, gpu_model, wants_gpus,
                        is_mixed),
                       (), ())
};

struct SavedPlacement {
  std::map<std::string, ClusterDeclared> clusters;
  std::vector<SavedNode> nodes;
  std::vector<SavedGang> gangs;
  std::vector<SavedLease> leases;
  std::uint64_t fence_seen = 0;
  BOOST_DESCRIBE_CLASS(SavedPlacement, (), (clusters, nodes, gangs, leases, fence_seen), (), ())
};

std::uint32_t count_of(std::uint64_t supply) {
  return supply == Supply::unlimited ? 0 : static_cast<std::uint32_t>(supply);
}

SavedNode saved_node(const Fleet& fleet, const Fleet::Node& node,
                     const std::vector<std::uint32_t>& place_of_lease) {
  SavedNode saved{node.id, {}, node.ready, node.cordoned, node.registered, node.faulty, {}};
  saved.description.cluster = fleet.cluster_name(node.cluster);
  saved.description.gpu_model = fleet.gpu_model_of(node.pool);
  saved.description.gpu_count = node.gpu_count();
  saved.description.cpu_count = count_of(node.whole.cpu_count);
  saved.description.memory_mib = count_of(node.whole.memory_mib);
  for (std::uint32_t gpu = 0; gpu < node.gpu_count(); ++gpu) {
    const auto& from = node.gpus[gpu];
    saved.gpus.push_back(
        {from.claimant == Fleet::none ? 0 : place_of_lease[from.claimant], from.fence});
  }
  return saved;
}

SavedLease saved_lease(const Fleet& fleet, const WaitingLines& lines, const GangBook& gangs,
                       const PlacedLease& lease) {
  SavedLease saved;
  saved.id = *lease.id;
  saved.ended = lease.phase == PlacedLease::Phase::ended;
  saved.queued = lease.queued;
  saved.must_expire = lease.must_expire;
  saved.when_full = lease.when_full;
  if (!saved.ended && lease.line != Fleet::none) {
    saved.cluster = lines[lease.line].cluster;
    saved.gpu_model = lines[lease.line].gpu_model;
  }
  saved.gpu_count = lease.demand.gpu_count;
  saved.cpu_count = static_cast<std::uint32_t>(lease.demand.cpu_count);
  saved.memory_mib = static_cast<std::uint32_t>(lease.demand.memory_mib);
  if (lease.gang != Fleet::none) {
    saved.gang_id = gangs[lease.gang].id;
    saved.slot = lease.slot;
  }
  saved.wants_a_node = lease.wanted_node != Fleet::none;
  if (lease.wanted_node < fleet.node_count()) saved.wanted_node = fleet.node(lease.wanted_node).id;
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
  saved.clusters.insert(fleet_.policies().begin(), fleet_.policies().end());
  // In the order of ids: the numbers of leases are this process' own.
  std::map<std::string_view, std::uint32_t> number_of_lease;
  for (std::uint32_t number = 0; number < leases_.number_count(); ++number)
    if (leases_[number].phase != Phase::unused) number_of_lease[*leases_[number].id] = number;
  std::vector<std::uint32_t> place_of_lease(leases_.number_count());
  for (const auto& [id, number] : number_of_lease) {
    saved.leases.push_back(saved_lease(fleet_, lines_, gangs_, leases_[number]));
    place_of_lease[number] = static_cast<std::uint32_t>(saved.leases.size());
  }
  saved.nodes.reserve(fleet_.node_count());
  for (std::uint32_t index = 0; index < fleet_.node_count(); ++index)
    saved.nodes.push_back(saved_node(fleet_, fleet_.node(index), place_of_lease));
  for (std::uint32_t number = 0; number < gangs_.number_count(); ++number) {
    const auto& gang = gangs_[number];
    if (gang.id.empty()) continue;
    const auto& line = lines_[gang.line];
    saved.gangs.push_back({gang.id, gang.size, gang.requested_count, gang.requested_at,
                           line.cluster, line.gpu_model, line.kind.wants_gpus, gang.is_mixed});
  }
  std::sort(saved.gangs.begin(), saved.gangs.end(),
            [](const SavedGang& a, const SavedGang& b) { return a.id < b.id; });
  // What was handed out but never seen in the log is no fact.
  saved.fence_seen = fence_seen_;
  ByteWriter{out}(saved);
}

void Placement::State::load(std::string_view bytes) {
  SavedPlacement saved;
  ByteReader reader(bytes);
  reader(saved);
  expect_end(reader);
  *this = {};
  fence_seen_ = fence_max_ = saved.fence_seen;
  for (const auto& [cluster, policy] : saved.clusters) fleet_.declare_cluster(cluster, policy);
  for (const auto& node : saved.nodes) {
    const auto index = fleet_.add_node(node.id, node.description);
    fleet_.set_registered(index, node.registered);
    fleet_.set_faulty(index, node.faulty, true);
    fleet_.set_cordoned(index, node.cordoned);
    fleet_.set_ready(index, node.ready);
  }
  for (const auto& from : saved.gangs) {
    auto& gang = gangs_[gangs_.at({from.id, from.size, 0})];
    gang.requested_count = from.requested_count;
    gang.requested_at = from.requested_at;
    gang.line = lines_.at(fleet_, from.cluster, from.gpu_model, from.wants_gpus ? 1 : 0);
    gang.is_mixed = from.is_mixed;
  }
  std::vector<std::uint32_t> number_of_place(1, Fleet::none);
  for (const auto& from : saved.leases) {
    const auto number = leases_.at(from.id);
    number_of_place.push_back(number);
    auto& lease = leases_[number];
    lease.queued = from.queued;
    lease.must_expire = from.must_expire;
    lease.when_full = from.when_full;
    lease.demand = {from.gpu_count, from.cpu_count, from.memory_mib};
    lease.slot = from.slot;
    if (from.wants_a_node)
      lease.wanted_node =
          from.wanted_node.empty() ? Fleet::nowhere : fleet_.find_node(from.wanted_node);
    lease.requested_at = from.requested_at;
    lease.causation = from.causation;
    lease.correlation = from.correlation;
    if (from.ended) continue;
    lease.line = lines_.at(fleet_, from.cluster, from.gpu_model, from.gpu_count);
    lease.phase = Phase::waiting;
    if (!from.gang_id.empty()) {
      lease.gang = gangs_.at({from.gang_id, 0, 0});
      gangs_[lease.gang].members.push_back(number);
    }
    if (from.node_id.empty()) continue;
    hold(number, fleet_.find_node(from.node_id), from.gpus, from.fence);
    lease.phase = Phase::granted;
  }
  for (std::uint32_t number = 0; number < gangs_.number_count(); ++number) {
    auto& members = gangs_[number].members;
    std::sort(members.begin(), members.end(), [this](std::uint32_t a, std::uint32_t b) {
      return leases_[a].requested_at < leases_[b].requested_at;
    });
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
