#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "events/archive.hpp"
#include "events/envelope.hpp"
#include "projections/availability/availability_view.hpp"
#include "projections/availability/free_gpus.hpp"
#include "projections/runtime/string_map.hpp"

namespace orrery {

/// Nodes, GPUs, live leases, accepted creates and instances that are switched on again, folded to
/// what is free and what is asked for in each pool (cluster and GPU model). Not guarded: the view
/// is.
class Stock {
 public:
  bool available(std::string_view cluster, std::string_view gpu_model,
                 std::uint32_t gpu_count) const;
  std::uint64_t capacity(std::string_view cluster, std::string_view gpu_model,
                         std::uint32_t gpu_count) const;
  std::uint64_t free_gpu_count(std::string_view cluster, std::string_view gpu_model) const;

  std::vector<PoolFigures> pools() const;

  void fold(const ClusterDeclared& declared, std::string_view id, Position);
  void fold(const NodeRegistered& registered, std::string_view id, Position);
  void fold(const NodeBecameReady&, std::string_view id, Position);
  void fold(const NodeLost&, std::string_view id, Position);
  void fold(const NodeCordoned&, std::string_view id, Position);
  void fold(const NodeUncordoned&, std::string_view id, Position);
  void fold(const GpuRegistered& registered, std::string_view id, Position);
  void fold(const GpuClaimed& claimed, std::string_view id, Position);
  void fold(const GpuReleased& released, std::string_view id, Position);
  void fold(const GpuFaulted&, std::string_view id, Position);
  void fold(const GpuRepaired&, std::string_view id, Position);
  void fold(const LeaseRequested& requested, std::string_view id, Position position);
  void fold(const LeaseQueued&, std::string_view id, Position);
  void fold(const LeaseGranted& granted, std::string_view id, Position);
  void fold(const LeaseRefused&, std::string_view id, Position);
  void fold(const LeaseReleased&, std::string_view id, Position);
  void fold(const LeaseExpired&, std::string_view id, Position);
  void fold(const OperationStarted& started, std::string_view id, Position position);
  void fold(const OperationSucceeded&, std::string_view id, Position);
  void fold(const OperationFailed&, std::string_view id, Position);
  void fold(const VmRequested&, std::string_view id, Position position);
  void fold(const VmDeletionRequested&, std::string_view id, Position);
  void fold(const VmFailed&, std::string_view id, Position);
  void fold(const VmDeleted&, std::string_view id, Position);
  void fold(const OrderPlaced& order, std::string_view, Position position);
  void fold(const OrderRefunded& refund, std::string_view, Position);
  void fold(const InstanceRequested&, std::string_view id, Position position);
  void fold(const InstanceStopped&, std::string_view id, Position);
  void fold(const InstanceStartRequested&, std::string_view id, Position position);
  void fold(const InstanceInterrupted&, std::string_view id, Position position);
  void fold(const InstanceFailed&, std::string_view id, Position);
  void fold(const InstanceDeletionRequested&, std::string_view id, Position);
  void fold(const InstanceDeleted&, std::string_view id, Position);

  void save(ByteWriter& writer) const;
  /// The stock must be empty.
  void load(ByteReader& reader);

 private:
  struct Node;

  /// GPUs that somebody will be given before anybody who comes now.
  struct Demand {
    std::uint32_t gpu_count = 0;
    /// Waits when it doesn't fit; else it is refused and takes nothing.
    bool waits = false;
    /// Waits for something that isn't foreseen here, such as processors: until it has its claims,
    /// nobody passes it.
    bool is_stuck = false;
  };
  /// How far somebody has come who wants GPUs.
  enum class Stage : std::uint8_t {
    has_lease,
    /// It is there, and asks for its lease next.
    exists,
    accepted,
  };
  /// In the order in which placement serves them: by stage, and by the position of its event.
  using Place = std::pair<Stage, Position>;

  struct Pool {
    std::string cluster;
    /// Empty: where those ask who take any model.
    std::string gpu_model;
    PlacementStrategy strategy = PlacementStrategy::pack;
    /// GPUs of its largest node, ready or not: a larger request is refused and never waits.
    std::uint32_t gpus_per_node = 0;
    /// Registered ones.
    std::uint64_t gpu_count = 0;
    FreeGpus free;
    std::map<Place, Demand> demands;

    /// `free` after `demands`, made when somebody asks.
    mutable bool foreseen = false;
    mutable bool somebody_waits = false;
    mutable FreeGpus free_then;
  };

  /// A lease on GPUs that hasn't ended.
  struct Lease {
    std::string id;
    Pool* pool = nullptr;
    Position position = 0;
    std::uint32_t gpu_count = 0;
    bool waits = false;
    /// It wants more than GPUs of one model: processors, memory, or others at the same time.
    bool wants_more = false;
    bool queued = false;
    /// Where GPUs are claimed for it. The rest of its GPUs is reserved there, for placement claims
    /// all of them on one node.
    Node* node = nullptr;
    std::uint32_t claimed_count = 0;
  };

  /// Bit i stands for GPU i.
  using GpuMask = std::uint32_t;

  struct Node {
    std::string id;
    Pool* pool = nullptr;
    bool ready = false;
    bool cordoned = false;
    GpuMask registered = 0;
    GpuMask faulty = 0;
    /// Those that have a holder.
    GpuMask held = 0;
    std::array<Lease*, gpus_per_node_max> holders{};
    /// GPUs of leases that are claimed in part: the part that isn't yet.
    std::uint32_t reserved_count = 0;

    std::uint32_t free_count() const;
  };

  /// A VM or an instance whose lease isn't requested yet.
  struct Create {
    /// Stream of the VM or instance.
    std::string holder;
    /// Whose end ends it: the id of an operation or order.
    std::string request_id;
    Pool* pool = nullptr;
    Place place;
    std::uint32_t gpu_count = 0;
    /// Whether it waits when it doesn't fit is settled; else it does as its cluster says then.
    bool policy_is_frozen = false;
    bool waits = false;
  };
  /// What an instance asks for whenever it is on.
  struct Shape {
    std::string cluster;
    std::string gpu_model;
    std::uint32_t gpu_count = 0;
    BOOST_DESCRIBE_CLASS(Shape, (), (cluster, gpu_model, gpu_count), (), ())
  };

  /// Finds a pool by any pair of strings.
  struct PoolLess {
    using is_transparent = void;
    bool operator()(const auto& left, const auto& right) const {
      const auto order = std::string_view(left.first).compare(right.first);
      return order != 0 ? order < 0
                        : std::string_view(left.second) < std::string_view(right.second);
    }
  };

  Pool& pool(std::string_view cluster, std::string_view gpu_model);
  const Pool* find_pool(std::string_view cluster, std::string_view gpu_model) const;
  void foresee(const Pool& pool) const;
  /// False where it has to wait, so nobody comes after it.
  static bool serve(const Pool& pool, const Demand& demand);
  /// What the pool foresees is to be made anew. In the one of any model, all of the cluster's.
  void changed(Pool& pool);
  bool waits_when_full(std::string_view cluster) const;

  /// A GPU of a node that is there.
  struct GpuPlace {
    Node* node = nullptr;
    std::uint32_t index = 0;

    explicit operator bool() const { return node != nullptr; }
    GpuMask bit() const { return GpuMask{1} << index; }
    Lease*& holder() const { return node->holders[index]; }
  };

  Node* node(std::string_view id);
  /// The GPU of a stream id "<node>:<index>".
  GpuPlace gpu(std::string_view id);
  /// Changes a node and keeps its pool's numbers right.
  template <class Change>
  void update(Node& node, Change&& change) {
    const auto before = node.free_count();
    std::forward<Change>(change)();
    const auto after = node.free_count();
    node.pool->foreseen = false;
    if (before == after) return;
    node.pool->free.remove_node(before);
    node.pool->free.add_node(after);
  }

  Lease* lease(std::string_view id);
  void ask(const Lease& lease);
  void hold(Lease& lease, GpuPlace gpu);
  void give_up(GpuPlace gpu);
  static void reserve(Lease& lease, Node& node, std::uint32_t claimed_count);
  void end_lease(std::string_view id);

  void add_create(Create create);
  void ask(const Create& create);
  void move_create(std::string_view holder, Position position);
  void drop_create(std::string_view holder);
  void drop_create_of_request(std::string_view request_id);
  void add_restart(std::string_view instance_id, Position position);
  void end_instance(std::string_view id);

  struct Stored;
  void restore(const Stored& stored);

  std::map<std::string, ClusterDeclared, std::less<>> clusters_;
  std::map<std::pair<std::string, std::string>, Pool, PoolLess> pools_;
  std::deque<Node> nodes_;
  StringMap<Node*> node_by_id_;
  StringMap<std::unique_ptr<Lease>> leases_;
  /// By holder.
  StringMap<std::unique_ptr<Create>> creates_;
  StringMap<Create*> creates_by_request_;
  /// Of every instance that isn't gone, by its id.
  std::map<std::string, Shape, std::less<>> instances_;
};

}  // namespace orrery
