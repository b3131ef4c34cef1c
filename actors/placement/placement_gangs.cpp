#include <algorithm>
#include <tuple>
#include <utility>

#include "actors/placement/placement_state.hpp"

namespace orrery {

void Placement::State::join_gang(std::uint32_t number, const LeaseGang& membership) {
  auto& lease = leases_[number];
  lease.gang = gangs_.at(membership);
  lease.slot = membership.slot;
  auto& gang = gangs_[lease.gang];
  if (gang.line == Fleet::none) gang.line = lease.line;
  gang.is_mixed |= gang.line != lease.line;
  gang.requested_at = lease.requested_at;
  gang.members.push_back(number);
  ++gang.requested_count;
  if (resumed_ && gang.is_complete()) arrivals_.push_back({.gang = lease.gang});
}

void Placement::State::leave_gang(std::uint32_t number, bool was_claiming) {
  const Party party{.gang = std::exchange(leases_[number].gang, Fleet::none)};
  auto& gang = gangs_[party.gang];
  std::erase(gang.members, number);
  const auto& line = line_of(party);
  if (waiting_leases(party).empty()) {
    withdraw(party);
  } else if (line.parties.contains(gang.requested_at)) {
    fleet_.set_grown(line.kind.cluster, true);  // What is left of it may fit.
  }
  const auto planned = std::find_if(gang.members.begin(), gang.members.end(), [this](auto each) {
    return leases_[each].phase == Phase::planned;
  });
  // The others have waited for its claims only.
  if (was_claiming && planned != gang.members.end() && !is_claiming(*planned)) owe_grants(*planned);
  settle_gang(party.gang);
}

void Placement::State::settle_gang(std::uint32_t number) {
  if (number == Fleet::none) return;
  const auto& gang = gangs_[number];
  const auto& members = gang.members;
  const bool is_settled = std::all_of(members.begin(), members.end(), [this](auto each) {
    return leases_[each].phase == Phase::granted;
  });
  // Where all have ended before the last was asked for, those to come are a gang that is never
  // complete: their process ends them.
  if (!is_settled || (!gang.is_complete() && !members.empty())) return;
  for (const auto each : members) leases_[each].gang = Fleet::none;
  gangs_.forget(number);
}

std::vector<Placement::State::Slot> Placement::State::waiting_slots(const Gang& gang) const {
  std::vector<Slot> slots;
  for (const auto number : gang.members) {
    const auto& lease = leases_[number];
    if (lease.answered) continue;
    auto slot = std::find_if(slots.begin(), slots.end(),
                             [&](const Slot& each) { return each.number == lease.slot; });
    if (slot == slots.end()) slot = slots.insert(slot, Slot{lease.slot, {}, {}});
    if (lease.wanted_node != Fleet::none) slot->wanted_node = lease.wanted_node;
    if (lease.phase == Phase::granted) {
      slot->node = lease.node;
    } else if (lease.is_waiting()) {
      slot->demand += lease.demand;
      slot->members.push_back(number);
    }
  }
  // Leases of one gang ask for the same, so who fits where the larger slot fits is no hindrance to
  // it: the largest first finds nodes for all, if there are any.
  const auto order = [](const Slot& slot) {
    return std::tuple(!slot.has_a_node(), -static_cast<std::int64_t>(slot.members.size()),
                      slot.number);
  };
  std::sort(slots.begin(), slots.end(),
            [&](const Slot& a, const Slot& b) { return order(a) < order(b); });
  return slots;
}

/// Every slot needs a node of its own. It is enough to count, for leases of one gang ask for the
/// same; where they don't, what fits on no set of nodes may wait for ever.
bool Placement::State::gang_could_be_held(const Gang& gang) const {
  if (gang.is_mixed) return false;
  const auto slots = waiting_slots(gang);
  const auto& kind = lines_[gang.line].kind;
  return std::all_of(slots.begin(), slots.end(), [&](const Slot& slot) {
    if (slot.wanted_node != Fleet::none)
      return fleet_.could_hold_on(slot.wanted_node, kind, slot.demand);
    const auto count = std::count_if(slots.begin(), slots.end(), [&](const Slot& other) {
      return other.demand.gpu_count >= slot.demand.gpu_count &&
             other.demand.cpu_count >= slot.demand.cpu_count &&
             other.demand.memory_mib >= slot.demand.memory_mib;
    });
    return fleet_.count_that_could_hold(kind, slot.demand) >= static_cast<std::uint32_t>(count);
  });
}

bool Placement::State::plan_gang(std::uint32_t number, const BlockedPools& blocked) {
  const auto& gang = gangs_[number];
  const auto cluster = lines_[gang.line].kind.cluster;
  const bool grown = fleet_.is_grown(cluster);
  const auto waiting = waiting_leases({.gang = number});
  const bool held = hold_gang(gang, blocked);
  for (const auto each : waiting) {
    auto& lease = leases_[each];
    if (held) {
      lease.phase = Phase::planned;
      lease.fence = ++fence_max_;
      owe_claims(each);
    } else if (lease.node != Fleet::none) {
      fleet_.take_back(lease.node, lease.gpus, lease.demand, each);
      lease.node = Fleet::none;
      lease.gpus = 0;
    }
  }
  // Trying has made no room for anybody.
  fleet_.set_grown(cluster, grown);
  if (held && !is_claiming(waiting.front())) owe_grants(waiting.front());
  return held;
}

bool Placement::State::hold_gang(const Gang& gang, const BlockedPools& blocked) {
  const auto slots = waiting_slots(gang);
  std::vector<std::uint32_t> taken;
  bool fits = true;
  for (const auto& slot : slots) {
    const bool settled = slot.node != Fleet::none;
    if (!slot.members.empty()) {
      auto choice = settled
                        ? fleet_.choose_on(slot.node, slot.demand)
                        : choose(slot.wanted_node, lines_[gang.line].kind, slot.demand, blocked);
      fits = choice.has_value();
      if (!fits) break;
      for (const auto member : slot.members) {
        const auto own = lowest_gpus(choice->gpus, leases_[member].demand.gpu_count);
        hold(member, choice->node, own, 0);
        choice->gpus &= ~own;
      }
      taken.push_back(choice->node);
    } else if (settled) {
      taken.push_back(slot.node);
    }
    if (!taken.empty()) fleet_.set_aside(taken.back(), true);
  }
  for (const auto node : taken) fleet_.set_aside(node, false);
  return fits;
}

}  // namespace orrery
