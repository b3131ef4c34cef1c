#include <algorithm>
#include <bit>
#include <vector>

#include <boost/describe.hpp>

#include "projections/availability/stock.hpp"

namespace orrery {
namespace {

/// What a stock is rebuilt from: everything else follows from it.
struct StoredNode {
  std::string id;
  std::string cluster;
  std::string gpu_model;
  bool ready = false;
  bool cordoned = false;
  std::uint32_t registered = 0;
  std::uint32_t faulty = 0;
  /// Of each GPU that is held: its index and the lease.
  std::map<std::uint32_t, std::string> holders;
  BOOST_DESCRIBE_CLASS(StoredNode, (),
                       (id, cluster, gpu_model, ready, cordoned, registered, faulty, holders), (),
                       ())
};

struct StoredLease {
  std::string id;
  std::string cluster;
  std::string gpu_model;
  Position position = 0;
  std::uint32_t gpu_count = 0;
  bool waits = false;
  bool wants_more = false;
  bool queued = false;
  BOOST_DESCRIBE_CLASS(StoredLease, (),
                       (id, cluster, gpu_model, position, gpu_count, waits, wants_more, queued), (),
                       ())
};

/// Of somebody whose lease isn't requested yet.
struct StoredCreate {
  std::string holder;
  std::string request_id;
  std::string cluster;
  std::string gpu_model;
  bool exists = false;
  Position position = 0;
  std::uint32_t gpu_count = 0;
  bool policy_is_frozen = false;
  bool waits = false;
  BOOST_DESCRIBE_CLASS(StoredCreate, (),
                       (holder, request_id, cluster, gpu_model, exists, position, gpu_count,
                        policy_is_frozen, waits),
                       (), ())
};

struct StoredPool {
  std::string cluster;
  std::string gpu_model;
  std::uint32_t gpus_per_node = 0;
  BOOST_DESCRIBE_CLASS(StoredPool, (), (cluster, gpu_model, gpus_per_node), (), ())
};

/// The values of a map in the order of this member: the map's own order means nothing.
template <class Map, class Member>
auto ordered_by(Member member, const Map& map) {
  std::vector<decltype(map.begin()->second.get())> values;
  for (const auto& [id, value] : map) values.push_back(value.get());
  std::ranges::sort(values, {}, [&](const auto* value) { return value->*member; });
  return values;
}

}  // namespace

struct Stock::Stored {
  std::map<std::string, ClusterDeclared, std::less<>> clusters;
  std::vector<StoredPool> pools;
  std::vector<StoredNode> nodes;
  std::vector<StoredLease> leases;
  std::vector<StoredCreate> creates;
  std::map<std::string, Shape, std::less<>> instances;
  BOOST_DESCRIBE_CLASS(Stored, (), (clusters, pools, nodes, leases, creates, instances), (), ())
};

void Stock::save(ByteWriter& writer) const {
  Stored stored;
  stored.clusters = clusters_;
  for (const auto& [key, pool] : pools_)
    stored.pools.push_back({pool.cluster, pool.gpu_model, pool.gpus_per_node});
  for (const auto& node : nodes_) {
    auto& saved = stored.nodes.emplace_back(StoredNode{node.id,
                                                       node.pool->cluster,
                                                       node.pool->gpu_model,
                                                       node.ready,
                                                       node.cordoned,
                                                       node.registered,
                                                       node.faulty,
                                                       {}});
    for (std::uint32_t i = 0; i < gpus_per_node_max; ++i)
      if (node.holders[i]) saved.holders.emplace(i, node.holders[i]->id);
  }
  for (const auto* lease : ordered_by(&Lease::position, leases_))
    stored.leases.push_back({lease->id, lease->pool->cluster, lease->pool->gpu_model,
                             lease->position, lease->gpu_count, lease->waits, lease->wants_more,
                             lease->queued});
  for (const auto* create : ordered_by(&Create::place, creates_))
    stored.creates.push_back({create->holder, create->request_id, create->pool->cluster,
                              create->pool->gpu_model, create->place.first == Stage::exists,
                              create->place.second, create->gpu_count, create->policy_is_frozen,
                              create->waits});
  stored.instances = instances_;
  writer(stored);
}

void Stock::load(ByteReader& reader) {
  Stored stored;
  reader(stored);
  restore(stored);
}

/// `free_count` counts bits: more than a node's would be beyond every bucket.
constexpr std::uint32_t gpu_mask_full = (1u << gpus_per_node_max) - 1;

void Stock::restore(const Stored& stored) {
  clusters_ = stored.clusters;
  for (const auto& each : stored.pools)
    pool(each.cluster, each.gpu_model).gpus_per_node = each.gpus_per_node;
  for (const auto& each : stored.leases) {
    fold(LeaseRequested{"", each.cluster, each.gpu_model, each.gpu_count,
                        each.waits ? WhenFull::queue : WhenFull::refuse},
         each.id, each.position);
    Lease* added = lease(each.id);
    if (!added) continue;
    added->wants_more = each.wants_more;
    added->queued = each.queued;
    ask(*added);
  }
  for (const auto& each : stored.nodes) {
    fold(NodeRegistered{each.cluster, each.gpu_model, 0}, each.id, 0);
    Node& added = *node(each.id);
    update(added, [&] {
      added.ready = each.ready;
      added.cordoned = each.cordoned;
      added.registered = each.registered & gpu_mask_full;
      added.pool->gpu_count += static_cast<std::uint64_t>(std::popcount(added.registered));
      added.faulty = each.faulty & gpu_mask_full;
    });
    for (const auto& [index, lease_id] : each.holders)
      if (Lease* holder = lease(lease_id); holder && index < gpus_per_node_max)
        hold(*holder, {&added, index});
  }
  for (const auto& each : stored.creates)
    add_create({each.holder,
                each.request_id,
                &pool(each.cluster, each.gpu_model),
                {each.exists ? Stage::exists : Stage::accepted, each.position},
                each.gpu_count,
                each.policy_is_frozen,
                each.waits});
  instances_ = stored.instances;
}

}  // namespace orrery
