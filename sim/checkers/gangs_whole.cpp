#include "sim/checkers/gangs_whole.hpp"

#include <algorithm>

#include "events/stream_name.hpp"

namespace orrery {
namespace {

std::string node_of_gpu(std::string_view stream) {
  const auto id = stream_id(stream);
  return std::string(id.substr(0, id.rfind(':')));
}

}  // namespace

void GangsWhole::apply(const RecordedEvent& recorded) {
  const auto& event = recorded.event;
  if (const auto* wish = std::get_if<LeaseRequested>(&event)) {
    requested(recorded, *wish);
  } else if (const auto* claim = std::get_if<GpuClaimed>(&event)) {
    if (auto* claimant = member(claim->lease_id)) ++claimant->claims[node_of_gpu(recorded.stream)];
  } else if (const auto* release = std::get_if<GpuReleased>(&event)) {
    if (auto* claimant = member(release->lease_id)) {
      auto& claims = claimant->claims;
      const auto node_id = node_of_gpu(recorded.stream);
      if (--claims[node_id] == 0) claims.erase(node_id);
    }
  } else if (const auto* grant = std::get_if<LeaseGranted>(&event)) {
    granted(recorded, *grant);
  } else if (std::holds_alternative<LeaseReleased>(event) ||
             std::holds_alternative<LeaseExpired>(event) ||
             std::holds_alternative<LeaseRefused>(event)) {
    ended(stream_id(recorded.stream));
  }
}

GangsWhole::Member* GangsWhole::member(std::string_view lease_id) {
  const auto gang = gang_of_.find(lease_id);
  if (gang == gang_of_.end()) return nullptr;
  auto& members = gangs_[gang->second].members;
  const auto found = members.find(lease_id);
  return found == members.end() ? nullptr : &found->second;
}

void GangsWhole::requested(const RecordedEvent& recorded, const LeaseRequested& wish) {
  if (wish.gang.id.empty()) return;
  const std::string lease_id(stream_id(recorded.stream));
  gang_of_[lease_id] = wish.gang.id;
  auto& gang = gangs_[wish.gang.id];
  gang.size = wish.gang.size;
  ++gang.requested_count;
  gang.members[lease_id] = {wish.gang.slot, wish.gpu_count, {}, {}};
}

void GangsWhole::granted(const RecordedEvent& recorded, const LeaseGranted& grant) {
  const auto lease_id = stream_id(recorded.stream);
  auto* own = member(lease_id);
  if (!own) return;
  auto& gang = gangs_[gang_of_.find(lease_id)->second];
  own->node_id = grant.node_id;
  if (!gang.has_been_granted && gang.requested_count < gang.size)
    violated(recorded.position, recorded.stream + " is granted before all of its gang are there");
  for (const auto& [other_id, other] : gang.members) {
    // Claims of an earlier plan may be on their way back still.
    const bool is_claimed =
        other.gpu_count == 0 ||
        std::any_of(other.claims.begin(), other.claims.end(),
                    [&](const auto& claims) { return claims.second >= other.gpu_count; });
    if (!gang.has_been_granted && !is_claimed)
      violated(recorded.position,
               recorded.stream + " is granted before " + other_id + " has its claims");
    if (other.node_id.empty()) continue;
    if ((other.node_id == grant.node_id) != (other.slot == own->slot))
      violated(recorded.position, recorded.stream + " is granted on " + grant.node_id + ", and " +
                                      other_id + " on " + other.node_id);
  }
  gang.has_been_granted = true;
}

void GangsWhole::ended(std::string_view lease_id) {
  const auto gang = gang_of_.find(lease_id);
  if (gang == gang_of_.end()) return;
  gangs_[gang->second].members.erase(std::string(lease_id));
}

}  // namespace orrery
