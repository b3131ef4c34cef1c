#include <algorithm>

#include "actors/batch/node_fit.hpp"
#include "actors/batch/pass.hpp"

namespace orrery::batch {

/// The youngest first: they lose least. None that would come before the candidate as soon as it
/// waits again: it would take its place back, and lose it again, for ever.
std::vector<Pass::Victim> Pass::victims_on(std::uint32_t node, const Candidate& candidate) {
  std::vector<Victim> victims;
  for (const auto id : tenants_[node]) {
    const auto* job = queue_.book.find(id);
    const auto& run = queue_.book.runs().at(id);
    const auto& shape = queue_.book.shapes()[job->shape];
    const auto* qos = find_named(policy_.qos, shape.qos);
    if (qos == nullptr || qos->preempt_mode == PreemptMode::off ||
        !contains(candidate.view.qos->preempts, qos->name))
      continue;
    const bool is_exempt = run.started_s == 0 || run.stopping_s != 0 || run.told_to_stop_s != 0 ||
                           now_s_ - run.started_s < qos->preempt_exempt_s;
    if (is_exempt || ends_s_.at(id) <= now_s_ + policy_.kill_wait_s) continue;
    if (priority_for(*job, view_of(job->shape)) >= candidate.forecast.priority) continue;
    victims.push_back(
        {id, run.started_s, qos->preempt_mode == PreemptMode::requeue && job->may_requeue});
  }
  std::sort(victims.begin(), victims.end(), [](const Victim& a, const Victim& b) {
    return std::pair(-a.started_s, a.job_id) < std::pair(-b.started_s, b.job_id);
  });
  return victims;
}

std::optional<std::vector<Pass::Victim>> Pass::sacrifice_on(std::uint32_t node,
                                                            const Candidate& candidate) {
  auto without = outlooks_[node];
  const auto free_s = now_s_ + policy_.kill_wait_s;
  std::vector<Victim> chosen;
  for (const auto& victim : victims_on(node, candidate)) {
    if (without.fits(free_s, candidate.wish)) break;
    const auto& need = queue_.book.find(victim.job_id)->shape;
    without.timeline().give_back(free_s, ends_s_.at(victim.job_id),
                                 need_of(queue_.book.shapes()[need].resources));
    chosen.push_back(victim);
  }
  if (!without.fits(free_s, candidate.wish)) return std::nullopt;
  return chosen;
}

bool Pass::preempt_for(const Candidate& candidate) {
  const auto& view = candidate.view;
  if (view.qos == nullptr || view.qos->preempts.empty()) return false;
  const auto count = view.shape->resources.node_count;
  for (const auto& place : view.places) {
    if (!may_start_in(candidate, place)) continue;
    std::vector<std::vector<Victim>> sacrifices;
    const auto& nodes = view.named.size() >= count ? view.named : place.nodes;
    for (const auto node : nodes)
      if (outlooks_[node].is_usable())
        if (auto victims = sacrifice_on(node, candidate)) sacrifices.push_back(*std::move(victims));
    if (sacrifices.size() < count) continue;
    std::stable_sort(sacrifices.begin(), sacrifices.end(),
                     [](const auto& a, const auto& b) { return a.size() < b.size(); });
    for (std::uint32_t i = 0; i < count; ++i)
      for (const auto& victim : sacrifices[i]) stop(victim);
    return true;
  }
  return false;
}

void Pass::stop(const Victim& victim) {
  const auto free_s = now_s_ + policy_.kill_wait_s;
  auto& ends_s = ends_s_.at(victim.job_id);
  // One of several nodes of a job is enough to stop it.
  if (ends_s <= free_s) return;
  const auto& need = view_of(queue_.book.find(victim.job_id)->shape).need;
  for (const auto number : queue_.book.runs().at(victim.job_id).nodes)
    if (number < index_of_node_.size())
      if (const auto index = index_of_node_[number]; index < outlooks_.size())
        outlooks_[index].timeline().give_back(free_s, ends_s, need);
  ends_s = free_s;
  plan_.stops.push_back({victim.job_id, victim.goes_back});
}

}  // namespace orrery::batch
