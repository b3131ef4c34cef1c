#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/placement/fleet.hpp"
#include "actors/placement/lease_book.hpp"
#include "actors/placement/placement.hpp"

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
  void set_claimant(GpuPlace place, std::uint32_t lease);
  std::uint32_t node_of(const RecordedEvent& recorded) const;
  GpuPlace place_of(std::string_view gpu_id) const;

  // Plans (placement_plans.cpp).
  /// True where GPUs were free: they are held and their claims owed.
  bool plan(std::uint32_t lease);
  void hold(std::uint32_t lease, std::uint32_t node, GpuMask gpus, std::uint64_t fence);
  /// Takes the lease's GPUs from it, and owes their release.
  void give_back(std::uint32_t lease, Position causation);
  /// Gives back what was planned and lets the lease wait again, at its old place.
  void plan_again(std::uint32_t lease, Position causation);
  void serve_queue(std::uint32_t pool);
  void serve_arrival(std::uint32_t lease);
  void refuse(std::uint32_t lease, std::string_view reason);
  void note_claimed(std::uint32_t lease, GpuPlace place, std::uint64_t fence);
  void claim_refused(const Rejected<Gpu>& refused, const Gpu::Claim& claim);
  void grant_refused(const Rejected<Lease>& refused, const Lease::Grant& grant);

  // After a crash (placement_resume.cpp).
  void resume_lease(std::uint32_t lease);
  /// Claims without holder: those of a lease that still waits are completed where the node has
  /// room, all others are given back.
  void resume_claims();
  bool adopt(std::uint32_t lease, const std::vector<GpuPlace>& claims);

  // What is owed. Nothing is before `resume`.
  void owe_claims(std::uint32_t lease);
  void owe_grant(std::uint32_t lease);
  void owe_release(GpuPlace place, std::uint32_t lease, Position causation);
  void owe(AddressedCommand command, const PlacedLease& lease, Position causation);

  Fleet fleet_;
  LeaseBook leases_;
  std::uint64_t fence_max_ = 0;

  bool resumed_ = false;
  std::vector<OwedCommand> owed_;
  /// Leases that nobody has tried to place yet, or whose plan fell through.
  std::vector<std::uint32_t> arrivals_;
  /// By pool: leases that wait for GPUs, by the position of their request.
  std::map<std::uint32_t, std::map<Position, std::uint32_t>> queues_;
};

}  // namespace orrery
