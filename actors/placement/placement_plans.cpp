#include <algorithm>
#include <cassert>

#include "actors/placement/placement_state.hpp"

namespace orrery {

std::vector<OwedCommand> Placement::State::due() {
  for (const auto cluster : fleet_.take_grown_clusters()) serve(cluster);
  // A lease whose plan fell through asks again before those that came later.
  const auto by_request = [this](Party a, Party b) { return place_of(a) < place_of(b); };
  if (!std::is_sorted(arrivals_.begin(), arrivals_.end(), by_request))
    std::sort(arrivals_.begin(), arrivals_.end(), by_request);
  for (const auto party : arrivals_) serve_arrival(party);
  arrivals_.clear();
  return std::exchange(owed_, {});
}

void Placement::State::refused(const RefusedCommand& refused) {
  if (const auto* gpu = std::get_if<Rejected<Gpu>>(&refused)) {
    if (const auto* claim = std::get_if<Gpu::Claim>(&gpu->command)) claim_refused(*gpu, *claim);
  } else if (const auto* lease = std::get_if<Rejected<Lease>>(&refused)) {
    if (const auto* grant = std::get_if<Lease::Grant>(&lease->command))
      grant_refused(*lease, *grant);
  }
}

void Placement::State::claim_refused(const Rejected<Gpu>& refused, const Gpu::Claim& claim) {
  const auto number = leases_.find(claim.lease_id);
  if (number == Fleet::none) return;
  const auto place = place_of(refused.id);
  const auto bit = GpuMask{1} << place.gpu;
  const auto& lease = leases_[number];
  const bool planned = lease.phase == Phase::planned && lease.node == place.node &&
                       (lease.gpus & bit) != 0 && lease.fence == claim.fence;
  if (!planned) return;  // The answer to an older plan.
  plan_again(number, cause_of(lease));

  // Where the log explains the refusal, the next plan will heed it. Otherwise the GPU knows
  // something that the log will tell: it isn't asked again until then.
  const auto& gpu = fleet_.node(place.node).gpus[place.gpu];
  const bool explained = (fleet_.node(place.node).faulty & bit) != 0 || gpu.fence >= claim.fence;
  if (!explained) fleet_.set_suspect(place.node, bit, true);
}

void Placement::State::grant_refused(const Rejected<Lease>& refused, const Lease::Grant& grant) {
  const auto number = leases_.find(refused.id);
  if (number == Fleet::none) return;
  auto& lease = leases_[number];
  if (lease.phase != Phase::planned || lease.fence != grant.grant.fence) return;
  // The lease ended meanwhile, and the log is about to say so.
  give_back(number, cause_of(lease));
  lease.phase = Phase::waiting;
  lease.answered = true;
}

bool Placement::State::plan(Party party, const BlockedPools& blocked) {
  return party.gang == Fleet::none ? plan_lease(party.lease, blocked)
                                   : plan_gang(party.gang, blocked);
}

bool Placement::State::plan_lease(std::uint32_t number, const BlockedPools& blocked) {
  auto& lease = leases_[number];
  const auto choice = choose(lease.wanted_node, lines_[lease.line].kind, lease.demand, blocked);
  if (!choice) return false;
  hold(number, choice->node, choice->gpus, ++fence_max_);
  lease.phase = Phase::planned;
  owe_claims(number);
  if (!is_claiming(number)) owe_grant(number);
  return true;
}

std::optional<Fleet::Choice> Placement::State::choose(std::uint32_t wanted_node,
                                                      const Fleet::Kind& kind, const Demand& demand,
                                                      const BlockedPools& blocked) const {
  if (wanted_node == Fleet::none) return fleet_.choose(kind, demand, blocked);
  if (!fleet_.could_hold_on(wanted_node, kind, demand)) return std::nullopt;
  if (!blocked.allows(fleet_.node(wanted_node).pool, demand)) return std::nullopt;
  return fleet_.choose_on(wanted_node, demand);
}

void Placement::State::hold(std::uint32_t number, std::uint32_t node, GpuMask gpus,
                            std::uint64_t fence) {
  auto& lease = leases_[number];
  fleet_.give(node, gpus, lease.demand, number);
  lease.node = node;
  lease.gpus = gpus;
  lease.claimed = 0;
  lease.fence = fence;
}

bool Placement::State::is_claiming(std::uint32_t number) const {
  const auto& lease = leases_[number];
  if (lease.gang == Fleet::none) return lease.lacks_claims();
  const auto& members = gangs_[lease.gang].members;
  return lease.phase == Phase::planned &&
         std::any_of(members.begin(), members.end(),
                     [this](auto each) { return leases_[each].lacks_claims(); });
}

void Placement::State::give_back(std::uint32_t number, const Cause& cause) {
  auto& lease = leases_[number];
  fleet_.take_back(lease.node, lease.gpus, lease.demand, number);
  for_each_gpu(lease.gpus, [&](std::uint32_t gpu) {
    owe_release({lease.node, gpu}, number, cause);
  });
  lease.node = Fleet::none;
  lease.gpus = lease.claimed = 0;
}

void Placement::State::plan_again(std::uint32_t number, const Cause& cause) {
  const auto party = party_of(number);
  const auto give_up = [&](std::uint32_t each) {
    if (leases_[each].phase != Phase::planned) return;
    give_back(each, cause);
    leases_[each].phase = Phase::waiting;
  };
  if (party.gang == Fleet::none) {
    give_up(number);
  } else {
    for (const auto member : gangs_[party.gang].members) give_up(member);
  }
  arrivals_.push_back(party);
}

void Placement::State::serve(std::uint32_t cluster) {
  auto lines = lines_.of_cluster(cluster);
  std::erase_if(lines, [this](std::uint32_t line) { return lines_[line].parties.empty(); });
  BlockedPools blocked;
  while (!lines.empty()) {
    const auto oldest =
        std::min_element(lines.begin(), lines.end(), [this](std::uint32_t a, std::uint32_t b) {
          return lines_[a].parties.begin()->first < lines_[b].parties.begin()->first;
        });
    auto& parties = lines_[*oldest].parties;
    const auto head = parties.begin()->second;
    const bool served = plan(head, blocked);
    if (served) {
      parties.erase(parties.begin());
    } else {
      block(head, blocked);
    }
    if (!served || parties.empty()) lines.erase(oldest);
  }
}

void Placement::State::serve_arrival(Party party) {
  // It may have ended since, its number may be another's, or that other came twice.
  if (!is_waiting(party)) return;
  if (!could_be_held(party)) return refuse(party, larger_than_any_node);
  if (is_pinned(party)) return serve_pinned(party);
  auto& line = line_of(party);
  if (lines_.is_empty(line.kind.cluster) && plan(party, {})) return;
  const auto place = place_of(party);
  line.parties.emplace(place, party);
  if (line.parties.begin()->first == place) serve(line.kind.cluster);
  if (!is_waiting(party)) return;
  const auto leases = waiting_leases(party);
  if (leases_[leases.front()].when_full == WhenFull::refuse) {
    line.parties.erase(place);
    return refuse(party, out_of_stock);
  }
  for (const auto number : leases)
    if (!leases_[number].queued)
      owe(To<Lease>{*leases_[number].id, Lease::Queue{}}, cause_of(leases_[number]));
}

/// Who wants one node alone stands in no line, where he would keep others from the rest: there is
/// room for him now, behind those who wait, or he is refused. What is used already is before all.
void Placement::State::serve_pinned(Party party) {
  const bool is_used = party.lease != Fleet::none && leases_[party.lease].is_used_already;
  const auto blocked = is_used ? BlockedPools{} : blocked_in(line_of(party).kind.cluster);
  if (!plan(party, blocked)) refuse(party, out_of_stock);
}

void Placement::State::refuse(Party party, std::string_view reason) {
  for (const auto number : waiting_leases(party)) {
    auto& lease = leases_[number];
    lease.answered = true;
    owe(To<Lease>{*lease.id, Lease::Refuse{std::string(reason)}}, cause_of(lease));
  }
}

void Placement::State::note_claimed(std::uint32_t number, GpuPlace place, std::uint64_t fence) {
  auto& lease = leases_[number];
  const auto bit = GpuMask{1} << place.gpu;
  const bool holds = lease.node == place.node && (lease.gpus & bit) != 0;
  if (!holds) return owe_release(place, number, cause_of(lease));
  // A claim of an earlier plan is under way back already: its release was sent before this plan's
  // claim.
  if (lease.phase != Phase::planned || lease.fence != fence) return;
  lease.claimed |= bit;
  if (!is_claiming(number)) owe_grants(number);
}

}  // namespace orrery
