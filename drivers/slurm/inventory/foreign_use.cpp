#include "drivers/slurm/inventory/foreign_use.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include <fmt/format.h>

#include "actors/slurm_cluster/slurm_cluster.hpp"
#include "drivers/slurm/slurm_origin.hpp"
#include "events/stream_name.hpp"

namespace orrery {
namespace {

/// Of one kind of thing: what neither work of ours has, nor may have.
std::uint32_t denied(std::uint32_t registered, std::uint32_t whole, std::uint32_t used,
                     std::uint32_t ours) {
  const auto open = registered - std::min(registered, ours);
  const auto free = whole - std::min(whole, used);
  return open - std::min(open, free);
}

std::uint32_t middle(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  return std::max(std::min(a, b), std::min(std::max(a, b), c));
}

/// Where two looks agree that it is more, or less, the nearer; else what is known.
SlurmUse middle(const SlurmUse& a, const SlurmUse& b, const SlurmUse& known) {
  return {middle(a.gpu_count, b.gpu_count, known.gpu_count),
          middle(a.cpu_count, b.cpu_count, known.cpu_count),
          middle(a.memory_mib, b.memory_mib, known.memory_mib)};
}

SlurmUse use_of(const SlurmForeignUseSeen& seen) {
  return {seen.gpu_count, seen.cpu_count, seen.memory_mib};
}

}  // namespace

SlurmUse used_by_others(const NodeRegistered& registered, const SlurmUse& whole,
                        const SlurmUse& used, const SlurmUse& ours) {
  return {denied(registered.gpu_count, whole.gpu_count, used.gpu_count, ours.gpu_count),
          denied(registered.cpu_count, whole.cpu_count, used.cpu_count, ours.cpu_count),
          denied(registered.memory_mib, whole.memory_mib, used.memory_mib, ours.memory_mib)};
}

ForeignUse::ForeignUse(std::string cluster, SlurmForeignUseSeen known)
    : cluster_(std::move(cluster)), known_(std::move(known)) {}

void ForeignUse::see(const SlurmUse& use, std::vector<OwedCommand>& owed) {
  const auto before = std::exchange(last_look_, use);
  const auto counted = before ? middle(*before, use, use_of(known_)) : use_of(known_);
  ++look_count_;
  if (counted != use_of(known_)) {
    pause_ = 1;
    return change(counted, owed);
  }
  if (has_ended_) {
    if (look_count_ < pause_) return;
    pause_ = std::min(pause_ * 2, look_count_max);
    return change(counted, owed);
  }
  // Placement answers a request by an event: asked once more, the lease says how that ended.
  const bool is_asked = std::has_single_bit(look_count_) || look_count_ % look_count_max == 0;
  if (look_count_ == 1 || (is_asked && is_in_use())) owe_leases(owed);
}

void ForeignUse::end(std::vector<OwedCommand>& owed) {
  last_look_.reset();
  if (is_in_use()) return change({}, owed);
  if (look_count_ == 0) owe_leases(owed);
  look_count_ = 1;
}

void ForeignUse::note_refused(const std::string& lease) {
  if (is_in_use() && lease == lease_id(known_.generation)) has_ended_ = true;
}

bool ForeignUse::is_in_use() const { return use_of(known_) != SlurmUse{}; }

void ForeignUse::change(const SlurmUse& use, std::vector<OwedCommand>& owed) {
  known_ = {known_.node_id, known_.generation + 1, use.gpu_count, use.cpu_count, use.memory_mib};
  has_ended_ = false;
  look_count_ = 0;
  owed.push_back({To<SlurmCluster>{cluster_, SlurmCluster::SeeForeignUse{known_}}, slurm_origin()});
  owe_leases(owed);
}

/// The last is given back first, so that there is room for the next.
void ForeignUse::owe_leases(std::vector<OwedCommand>& owed) const {
  if (known_.generation > 1)
    owed.push_back({To<Lease>{lease_id(known_.generation - 1), Lease::Release{}}, slurm_origin()});
  if (!is_in_use()) return;
  LeaseRequested request;
  request.holder = stream_name(SlurmCluster::stream_prefix, cluster_);
  request.cluster = cluster_;
  request.gpu_count = known_.gpu_count;
  request.cpu_count = known_.cpu_count;
  request.memory_mib = known_.memory_mib;
  request.node_id = known_.node_id;
  owed.push_back(
      {To<Lease>{lease_id(known_.generation), Lease::Request{std::move(request)}}, slurm_origin()});
}

std::string ForeignUse::lease_id(std::uint64_t generation) const {
  return fmt::format("slurm-foreign-{}-{}", known_.node_id, generation);
}

}  // namespace orrery
