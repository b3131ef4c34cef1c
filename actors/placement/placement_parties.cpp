#include <algorithm>
#include <iterator>

#include "actors/placement/placement_state.hpp"

namespace orrery {

Party Placement::State::party_of(std::uint32_t number) const {
  const auto gang = leases_[number].gang;
  if (gang != Fleet::none) return {.gang = gang};
  return {.lease = number};
}

bool Placement::State::is_waiting(Party party) const {
  if (party.gang == Fleet::none) return leases_[party.lease].is_waiting();
  if (party.gang >= gangs_.number_count()) return false;
  const auto& gang = gangs_[party.gang];
  return gang.is_complete() && !waiting_leases(party).empty();
}

std::vector<std::uint32_t> Placement::State::waiting_leases(Party party) const {
  if (party.gang == Fleet::none) return {party.lease};
  const auto& members = gangs_[party.gang].members;
  std::vector<std::uint32_t> waiting;
  std::copy_if(members.begin(), members.end(), std::back_inserter(waiting),
               [this](auto number) { return leases_[number].is_waiting(); });
  return waiting;
}

Position Placement::State::place_of(Party party) const {
  return party.gang == Fleet::none ? leases_[party.lease].requested_at
                                   : gangs_[party.gang].requested_at;
}

WaitingLine& Placement::State::line_of(Party party) {
  return lines_[party.gang == Fleet::none ? leases_[party.lease].line : gangs_[party.gang].line];
}

bool Placement::State::could_be_held(Party party) const {
  if (party.gang != Fleet::none) return gang_could_be_held(gangs_[party.gang]);
  const auto& lease = leases_[party.lease];
  if (lease.wanted_node != Fleet::none)
    return fleet_.could_hold_on(lease.wanted_node, lines_[lease.line].kind, lease.demand);
  return fleet_.count_that_could_hold(lines_[lease.line].kind, lease.demand) > 0;
}

bool Placement::State::is_pinned(Party party) const {
  const auto wants_a_node = [this](auto number) {
    return leases_[number].wanted_node != Fleet::none;
  };
  if (party.gang == Fleet::none) return wants_a_node(party.lease);
  const auto& members = gangs_[party.gang].members;
  return std::any_of(members.begin(), members.end(), wants_a_node);
}

BlockedPools Placement::State::blocked_in(std::uint32_t cluster) const {
  BlockedPools blocked;
  for (const auto line : lines_.of_cluster(cluster))
    if (const auto& parties = lines_[line].parties; !parties.empty())
      block(parties.begin()->second, blocked);
  return blocked;
}

void Placement::State::block(Party party, BlockedPools& blocked) const {
  if (party.gang == Fleet::none) {
    const auto& lease = leases_[party.lease];
    return fleet_.block(lines_[lease.line].kind, lease.demand, blocked);
  }
  const auto& gang = gangs_[party.gang];
  for (const auto& slot : waiting_slots(gang))
    fleet_.block(lines_[gang.line].kind, slot.demand, blocked);
}

}  // namespace orrery
