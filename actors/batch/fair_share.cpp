#include "actors/batch/fair_share.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace orrery::batch {
namespace {

double seconds_between(Time from, Time to) {
  return std::chrono::duration<double>(to - from).count();
}

/// The tree of one computation: teams with their members, from the top down.
class ShareTree {
 public:
  ShareTree(const People& people, const std::vector<double>& usages)
      : people_(people),
        usages_(usages),
        team_usage_(people.teams().size()),
        sibling_shares_(people.teams().size()),
        teams_(people.teams().size()) {
    add_up();
  }

  Shares shares() {
    for (std::uint32_t team = 0; team < teams_.size(); ++team) settle(team);
    Shares result;
    for (std::uint32_t team = 0; team < teams_.size(); ++team)
      result.by_name.emplace(people_.teams()[team].name, teams_[team]);
    const auto& associations = people_.associations();
    result.factors.resize(associations.size());
    for (std::uint32_t i = 0; i < associations.size(); ++i) {
      const auto& above = teams_[associations[i].team];
      const auto share = below(above.normalized_shares, above.effective_usage, shares_of_user(i),
                               sibling_shares_[associations[i].team], usages_[i]);
      result.factors[i] = share.fair_share;
      if (counts(i)) result.by_name.emplace(people_.name_of(i), share);
    }
    return result;
  }

 private:
  /// He is of the team, or was and has used something. Of whom nobody has told anything is of
  /// every team that he has jobs in.
  bool counts(std::uint32_t association) const {
    const auto& pair = people_.associations()[association];
    const auto& user = people_.users()[pair.user];
    return usages_[association] > 0 || !user.is_approved ||
           user.grant.team == people_.teams()[pair.team].name;
  }

  std::uint32_t shares_of_user(std::uint32_t association) const {
    const auto& user = people_.users()[people_.associations()[association].user];
    return user.grant.limits.shares.value_or(1);
  }
  std::uint32_t shares_of_team(std::uint32_t team) const {
    return people_.teams()[team].limits.shares.value_or(1);
  }

  void add_up() {
    for (std::uint32_t i = 0; i < usages_.size(); ++i) {
      const auto team = people_.associations()[i].team;
      total_usage_ += usages_[i];
      if (counts(i)) sibling_shares_[team] += shares_of_user(i);
      for (auto above = team; above != People::none; above = people_.parent_of(above))
        team_usage_[above] += usages_[i];
    }
    for (std::uint32_t team = 0; team < teams_.size(); ++team) {
      const auto parent = people_.parent_of(team);
      (parent == People::none ? top_shares_ : sibling_shares_[parent]) += shares_of_team(team);
    }
  }

  ShareForecast below(double shares_above, double usage_above, std::uint32_t shares,
                      double siblings, double usage) const {
    ShareForecast share;
    share.shares = shares;
    share.usage = usage;
    const auto part = siblings > 0 ? std::min(1.0, shares / siblings) : 0;
    const auto actual = total_usage_ > 0 ? usage / total_usage_ : 0;
    share.normalized_shares = shares_above * part;
    share.effective_usage = actual + (usage_above - actual) * part;
    share.fair_share = share.normalized_shares > 0
                           ? std::exp2(-share.effective_usage / share.normalized_shares)
                           : 0;
    return share;
  }

  void settle(std::uint32_t team) {
    if (teams_[team].normalized_shares > 0) return;
    const auto parent = people_.parent_of(team);
    if (parent == People::none) {
      // At the top nobody shares what others have used.
      teams_[team] = below(1, 0, shares_of_team(team), top_shares_, team_usage_[team]);
      auto& top = teams_[team];
      top.effective_usage = total_usage_ > 0 ? top.usage / total_usage_ : 0;
      top.fair_share =
          top.normalized_shares > 0 ? std::exp2(-top.effective_usage / top.normalized_shares) : 0;
      return;
    }
    settle(parent);
    teams_[team] = below(teams_[parent].normalized_shares, teams_[parent].effective_usage,
                         shares_of_team(team), sibling_shares_[parent], team_usage_[team]);
  }

  const People& people_;
  const std::vector<double>& usages_;
  double total_usage_ = 0;
  double top_shares_ = 0;
  std::vector<double> team_usage_;
  /// Shares of all children, by team.
  std::vector<double> sibling_shares_;
  std::vector<ShareForecast> teams_;
};

}  // namespace

double Usage::at(Time now, std::uint32_t half_life_min) const {
  const auto passed_s = seconds_between(as_of, now);
  if (passed_s <= 0) return value;
  if (half_life_min == 0) return value + rate * passed_s;
  const auto half_life_s = 60.0 * half_life_min;
  const auto left = std::exp2(-passed_s / half_life_s);
  return value * left + rate * (1 - left) * half_life_s / std::log(2.0);
}

void Usage::change_rate(double by, Time now, std::uint32_t half_life_min) {
  value = at(now, half_life_min);
  as_of = std::max(as_of, now);
  rate = std::max(0.0, rate + by);
}

double usage_rate(const BatchWeights& weights, std::uint64_t gpus, std::uint64_t cpus,
                  std::uint64_t memory_mib) {
  return (static_cast<double>(gpus) * weights.gpu_permille +
          static_cast<double>(cpus) * weights.cpu_permille +
          static_cast<double>(memory_mib) / 1024 * weights.memory_gib_permille) /
         1000;
}

Shares shares_of(const People& people, const std::vector<double>& usages) {
  return ShareTree(people, usages).shares();
}

}  // namespace orrery::batch
