#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/placement/fleet.hpp"
#include "actors/placement/gang_book.hpp"
#include "actors/placement/lease_book.hpp"
#include "actors/placement/placement.hpp"
#include "actors/placement/waiting_lines.hpp"

namespace orrery {

/// Inside of `Placement`. Two kinds of knowledge are kept apart:
///
/// - Facts come from events and are saved: nodes, GPUs with who claimed them, leases and grants.
/// - Plans exist only between `resume` and the end of the process: a GPU has a holder before its
///   claim is a fact. Before `resume` nothing is planned, noted or owed.
///
/// One rule ties them together: a claim that is part of no grant and of no plan is given back. It
/// covers half-claimed leases after a crash, plans that a GPU refused, and leases that ended while
/// their claims were under way.
class Placement::State {
 public:
  void apply(const RecordedEvent& recorded);
  std::vector<OwedCommand> due();
  std::vector<OwedCommand> resume();
  void refused(const RefusedCommand& refused);
  void save(std::string& out) const;
  void load(std::string_view bytes);

 private:
  using Phase = PlacedLease::Phase;
  struct GpuPlace {
    std::uint32_t node = Fleet::none;
    std::uint32_t gpu = 0;
  };

  // Facts, one function an event (placement_facts.cpp).
  void on(const RecordedEvent& recorded, const ClusterDeclared& event);
  void on(const RecordedEvent& recorded, const NodeRegistered& event);
  void on(const RecordedEvent& recorded, const NodeBecameReady& event);
  void on(const RecordedEvent& recorded, const NodeLost& event);
  void on(const RecordedEvent& recorded, const NodeCordoned& event);
  void on(const RecordedEvent& recorded, const NodeUncordoned& event);
  void on(const RecordedEvent& recorded, const GpuRegistered& event);
  void on(const RecordedEvent& recorded, const GpuClaimed& event);
  void on(const RecordedEvent& recorded, const GpuReleased& event);
  void on(const RecordedEvent& recorded, const GpuFaulted& event);
  void on(const RecordedEvent& recorded, const GpuRepaired& event);
  void on(const RecordedEvent& recorded, const LeaseRequested& event);
  void on(const RecordedEvent& recorded, const LeaseQueued& event);
  void on(const RecordedEvent& recorded, const LeaseGranted& event);
  void on(const RecordedEvent& recorded, const LeaseRefused& event);
  void on(const RecordedEvent& recorded, const LeaseReleased& event);
  void on(const RecordedEvent& recorded, const LeaseExpired& event);
  void end(const RecordedEvent& recorded);
  /// Takes it out of its line, where it is in one.
  void withdraw(Party party);
  void set_claimant(GpuPlace place, std::uint32_t lease);
  /// Leases planned or granted on the node, in the order of their requests.
  std::vector<std::uint32_t> tenants_of(std::uint32_t node) const;
  /// `Fleet::none` for one that placement doesn't know.
  std::uint32_t find_node_of(const RecordedEvent& recorded) const;
  /// For an event of a GPU.
  bool is_on_a_known_node(const RecordedEvent& recorded) const;
  GpuPlace place_of(std::string_view gpu_id) const;

  // Gangs (placement_gangs.cpp).
  /// Leases of one gang that share a node.
  struct Slot {
    std::uint32_t number = 0;
    Demand demand;
    std::vector<std::uint32_t> members;
    /// Where others of the slot have been granted.
    std::uint32_t node = Fleet::none;
    /// The node that it wants, if it wants one.
    std::uint32_t wanted_node = Fleet::none;

    bool has_a_node() const { return node != Fleet::none || wanted_node != Fleet::none; }
  };
  void join_gang(std::uint32_t lease, const LeaseGang& gang);
  /// `was_claiming`: before the lease gave back what it held.
  void leave_gang(std::uint32_t lease, bool was_claiming);
  /// Forgets the gang once nobody of it waits or is to come, or nobody is left.
  void settle_gang(std::uint32_t gang);
  /// The leases of the gang that want a plan. Slots whose node is settled come
  /// first, then the largest.
  std::vector<Slot> waiting_slots(const Gang& gang) const;
  bool gang_could_be_held(const Gang& gang) const;
  /// Holds nodes for all slots, each on another, or nothing.
  bool hold_gang(const Gang& gang, const BlockedPools& blocked);
  bool plan_gang(std::uint32_t gang, const BlockedPools& blocked);

  // Plans (placement_plans.cpp).
  /// True where there was room: it is held and the claims are owed.
  bool plan(Party party, const BlockedPools& blocked);
  bool plan_lease(std::uint32_t lease, const BlockedPools& blocked);
  /// Where the demand fits, on the node that is wanted where one is.
  std::optional<Fleet::Choice> choose(std::uint32_t wanted_node, const Fleet::Kind& kind,
                                      const Demand& demand, const BlockedPools& blocked) const;
  void hold(std::uint32_t lease, std::uint32_t node, GpuMask gpus, std::uint64_t fence);
  /// Its plan, or that of its gang, can still be changed. Once every claim is there the grants are
  /// on their way, and what happens to a node or a GPU from then on happens to a granted lease.
  bool is_claiming(std::uint32_t lease) const;
  /// The event because of which something is owed, and the request that it goes back to.
  struct Cause {
    Position position = 0;
    std::string correlation;
  };
  static Cause cause_of(const PlacedLease& lease) { return {lease.causation, lease.correlation}; }
  static Cause cause_of(const RecordedEvent& recorded) {
    return {recorded.position, recorded.origin.correlation};
  }
  /// Takes from the lease what it holds, and owes the release of its GPUs.
  void give_back(std::uint32_t lease, const Cause& cause);
  /// Gives back what was planned for the lease, or for its whole gang, and lets it wait again, at
  /// its old place.
  void plan_again(std::uint32_t lease, const Cause& cause);
  /// Serves those who wait in a cluster, the oldest first. Nobody gets what the head of a line that
  /// came before him waits for.
  void serve(std::uint32_t cluster);
  void serve_arrival(Party party);
  void serve_pinned(Party party);
  void refuse(Party party, std::string_view reason);
  void note_claimed(std::uint32_t lease, GpuPlace place, std::uint64_t fence);
  void claim_refused(const Rejected<Gpu>& refused, const Gpu::Claim& claim);
  void grant_refused(const Rejected<Lease>& refused, const Lease::Grant& grant);

  // Who waits.
  Party party_of(std::uint32_t lease) const;
  bool is_waiting(Party party) const;
  /// Those of the party that wait.
  std::vector<std::uint32_t> waiting_leases(Party party) const;
  Position place_of(Party party) const;
  WaitingLine& line_of(Party party);
  bool could_be_held(Party party) const;
  /// Some of it wants a node of its own choice.
  bool is_pinned(Party party) const;
  /// What those who wait in the cluster came first for.
  BlockedPools blocked_in(std::uint32_t cluster) const;
  void block(Party party, BlockedPools& blocked) const;

  // After a crash (placement_resume.cpp).
  void resume_lease(std::uint32_t lease);
  /// What is left of a gang that was granted in part comes before everybody: it had its place.
  void resume_gangs();
  /// Claims without holder: those of a lease that still waits are completed where the node has
  /// room, all others are given back.
  void resume_claims();
  bool adopt(std::uint32_t lease, const std::vector<GpuPlace>& claims);

  // What is owed. Nothing is before `resume`.
  void owe_claims(std::uint32_t lease);
  /// Of the lease, or of its whole gang: every claim is there.
  void owe_grants(std::uint32_t lease);
  void owe_grant(std::uint32_t lease);
  void owe_release(GpuPlace place, std::uint32_t lease, const Cause& cause);
  void owe(AddressedCommand command, const Cause& cause);

  Fleet fleet_;
  LeaseBook leases_;
  GangBook gangs_;
  WaitingLines lines_;
  /// The largest fence in the log, and the largest that was handed out.
  std::uint64_t fence_seen_ = 0;
  std::uint64_t fence_max_ = 0;

  bool resumed_ = false;
  std::vector<OwedCommand> owed_;
  /// Those whom nobody has tried to place yet, or whose plan fell through.
  std::vector<Party> arrivals_;
};

}  // namespace orrery
