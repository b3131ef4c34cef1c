#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/describe.hpp>

#include "actors/batch/admission.hpp"
#include "actors/runtime/string_index.hpp"
#include "events/envelope.hpp"

namespace orrery::batch {

/// A node as the log tells of it.
struct NodeFacts {
  std::string id;
  std::string cluster;
  std::string gpu_model;
  std::uint32_t gpu_count = 0;
  std::uint32_t cpu_count = 0;
  std::uint32_t memory_mib = 0;
  bool is_ready = false;
  bool is_cordoned = false;
  /// Bit i stands for GPU i.
  std::uint32_t registered = 0;
  std::uint32_t faulty = 0;
  /// Claimed by leases that are none of a batch job.
  std::uint32_t claimed_by_others = 0;
  /// What those leases have besides.
  std::uint64_t cpus_of_others = 0;
  std::uint64_t memory_of_others = 0;
  std::uint32_t leases_of_others = 0;
  BOOST_DESCRIBE_CLASS(NodeFacts, (),
                       (id, cluster, gpu_model, gpu_count, cpu_count, memory_mib, is_ready,
                        is_cordoned, registered, faulty, claimed_by_others, cpus_of_others,
                        memory_of_others, leases_of_others),
                       (), ())

  /// Broken, not there yet, or held by others.
  std::uint32_t lost_gpus() const;
};

/// Every node of every cluster, by small numbers, and what others than batch jobs hold of it.
/// Processors and memory of others are counted in clusters that have a batch policy at the time of
/// their request.
class NodeBook {
 public:
  static constexpr std::uint32_t none = 0xffff'ffff;

  /// Folds an event of a node, a GPU or a lease. Returns the node that it changed; `none` where it
  /// changed none.
  std::uint32_t apply(const RecordedEvent& recorded);
  /// Leases of the cluster are counted from now on.
  void watch(const std::string& cluster) { watched_.insert(cluster); }

  std::uint32_t find(std::string_view id) const;
  const NodeFacts& operator[](std::uint32_t number) const { return nodes_[number]; }

  void save(std::string& out) const;
  /// Throws `MalformedBytes`.
  void load(std::string_view bytes);

 private:
  /// A lease of somebody else.
  struct OtherLease {
    /// Empty until it is granted.
    std::string node_id;
    std::uint32_t cpu_count = 0;
    std::uint32_t memory_mib = 0;
    BOOST_DESCRIBE_CLASS(OtherLease, (), (node_id, cpu_count, memory_mib), (), ())
  };
  struct Saved;

  std::uint32_t on(const RecordedEvent& recorded, const NodeRegistered& event);
  std::uint32_t on(const RecordedEvent& recorded, const NodeBecameReady& event);
  std::uint32_t on(const RecordedEvent& recorded, const NodeLost& event);
  std::uint32_t on(const RecordedEvent& recorded, const NodeCordoned& event);
  std::uint32_t on(const RecordedEvent& recorded, const NodeUncordoned& event);
  std::uint32_t on(const RecordedEvent& recorded, const GpuRegistered& event);
  std::uint32_t on(const RecordedEvent& recorded, const GpuClaimed& event);
  std::uint32_t on(const RecordedEvent& recorded, const GpuReleased& event);
  std::uint32_t on(const RecordedEvent& recorded, const GpuFaulted& event);
  std::uint32_t on(const RecordedEvent& recorded, const GpuRepaired& event);
  std::uint32_t on(const RecordedEvent& recorded, const LeaseRequested& event);
  std::uint32_t on(const RecordedEvent& recorded, const LeaseGranted& event);
  std::uint32_t on(const RecordedEvent& recorded, const LeaseRefused& event);
  std::uint32_t on(const RecordedEvent& recorded, const LeaseReleased& event);
  std::uint32_t on(const RecordedEvent& recorded, const LeaseExpired& event);

  template <class Change>
  std::uint32_t update(const RecordedEvent& recorded, Change change);
  /// `change(node, bit)` of the GPU that an event is about.
  template <class Change>
  std::uint32_t update_gpu(const RecordedEvent& recorded, Change change);
  std::uint32_t end_lease(const RecordedEvent& recorded);

  std::vector<NodeFacts> nodes_;
  StringIndex index_;
  std::map<std::string, OtherLease, std::less<>> leases_;
  std::set<std::string, std::less<>> watched_;
};

}  // namespace orrery::batch
