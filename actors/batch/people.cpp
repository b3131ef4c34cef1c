#include "actors/batch/people.hpp"

#include "events/archive.hpp"
#include "events/end_of_bytes.hpp"

namespace orrery::batch {
namespace {

/// Teams of teams of teams …
constexpr int depth_max = 8;

struct SavedPeople {
  std::vector<People::User> users;
  std::vector<People::Team> teams;
  std::vector<People::Association> associations;
  BOOST_DESCRIBE_CLASS(SavedPeople, (), (users, teams, associations), (), ())
};

}  // namespace

std::uint32_t People::user_of(std::string_view name) {
  if (const auto known = user_index_.find(name); known != user_index_.end()) return known->second;
  const auto number = static_cast<std::uint32_t>(users_.size());
  users_.emplace_back().name = name;
  user_index_.emplace(name, number);
  return number;
}

std::uint32_t People::team_of(std::string_view name) {
  if (const auto known = team_index_.find(name); known != team_index_.end()) return known->second;
  const auto number = static_cast<std::uint32_t>(teams_.size());
  teams_.emplace_back().name = name;
  parents_.push_back(none);
  team_index_.emplace(name, number);
  return number;
}

void People::approve(std::string_view name, const CenterGrant& grant) {
  const auto number = user_of(name);
  users_[number].grant = grant;
  users_[number].is_approved = true;
  association_of(grant.team, name);
}

void People::suspend(std::string_view name, const CenterUserSuspended& suspension) {
  users_[user_of(name)].suspension = suspension;
}

void People::reinstate(std::string_view name) { users_[user_of(name)].suspension.reset(); }

void People::set_team(std::string_view name, const CenterTeamSet& facts) {
  if (!facts.parent.empty()) team_of(facts.parent);
  auto& team = teams_[team_of(name)];
  team.limits = facts.limits;
  team.parent = facts.parent;
  find_parents();
}

void People::dissolve(std::string_view name) {
  auto& team = teams_[team_of(name)];
  team.limits = {};
  team.parent.clear();
  find_parents();
}

std::uint32_t People::association_of(std::string_view team, std::string_view user) {
  const std::pair pair(team_of(team), user_of(user));
  const auto [known, is_new] =
      association_index_.try_emplace(pair, static_cast<std::uint32_t>(associations_.size()));
  if (is_new) associations_.push_back({pair.first, pair.second});
  return known->second;
}

std::string People::name_of(std::uint32_t association) const {
  const auto& pair = associations_[association];
  return teams_[pair.team].name + "/" + users_[pair.user].name;
}

/// A chain that comes back to itself has no top: nobody of it has a parent.
void People::find_parents() {
  for (std::uint32_t team = 0; team < teams_.size(); ++team) {
    const auto parent = team_index_.find(teams_[team].parent);
    parents_[team] =
        teams_[team].parent.empty() || parent == team_index_.end() ? none : parent->second;
  }
  std::vector<std::uint32_t> endless;
  for (std::uint32_t team = 0; team < teams_.size(); ++team) {
    auto above = parents_[team];
    for (int depth = 0; above != none && depth < depth_max; ++depth) above = parents_[above];
    if (above != none) endless.push_back(team);
  }
  for (const auto team : endless) parents_[team] = none;
}

void People::index() {
  user_index_.clear();
  team_index_.clear();
  association_index_.clear();
  for (std::uint32_t i = 0; i < users_.size(); ++i) user_index_.emplace(users_[i].name, i);
  for (std::uint32_t i = 0; i < teams_.size(); ++i) team_index_.emplace(teams_[i].name, i);
  for (std::uint32_t i = 0; i < associations_.size(); ++i)
    association_index_.emplace(std::pair(associations_[i].team, associations_[i].user), i);
  parents_.assign(teams_.size(), none);
  find_parents();
}

void People::save(std::string& out) const {
  ByteWriter{out}(SavedPeople{users_, teams_, associations_});
}

void People::load(std::string_view bytes) {
  SavedPeople saved;
  ByteReader reader(bytes);
  reader(saved);
  expect_end(reader);
  for (const auto& pair : saved.associations) {
    (void)saved.teams.at(pair.team);
    (void)saved.users.at(pair.user);
  }
  users_ = std::move(saved.users);
  teams_ = std::move(saved.teams);
  associations_ = std::move(saved.associations);
  index();
}

}  // namespace orrery::batch
