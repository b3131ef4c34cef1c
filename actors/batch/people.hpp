#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/describe.hpp>

#include "actors/runtime/string_index.hpp"
#include "events/center_events.hpp"

namespace orrery::batch {

/// Who may have how much: users and teams as the scheduler sees them, by small numbers, and which
/// of them belong together. Numbers are never given again.
class People {
 public:
  static constexpr std::uint32_t none = 0xffff'ffff;

  struct User {
    std::string name;
    CenterGrant grant;
    bool is_approved = false;
    /// Erased ones are, for good.
    std::optional<CenterUserSuspended> suspension;
    BOOST_DESCRIBE_CLASS(User, (), (name, grant, is_approved, suspension), (), ())

    bool is_suspended(std::int64_t now_s) const {
      return suspension && (suspension->until_s == 0 || suspension->until_s > now_s);
    }
  };
  struct Team {
    std::string name;
    CenterLimits limits;
    std::string parent;
    BOOST_DESCRIBE_CLASS(Team, (), (name, limits, parent), (), ())
  };
  /// A user as a member of a team: what jobs are accounted to.
  struct Association {
    std::uint32_t team = 0;
    std::uint32_t user = 0;
    BOOST_DESCRIBE_CLASS(Association, (), (team, user), (), ())
  };

  void approve(std::string_view user, const CenterGrant& grant);
  void suspend(std::string_view user, const CenterUserSuspended& suspension);
  void reinstate(std::string_view user);
  void set_team(std::string_view team, const CenterTeamSet& facts);
  void dissolve(std::string_view team);

  /// Makes what isn't known yet: jobs may be of people nobody has told about.
  std::uint32_t association_of(std::string_view team, std::string_view user);

  const std::vector<User>& users() const { return users_; }
  const std::vector<Team>& teams() const { return teams_; }
  const std::vector<Association>& associations() const { return associations_; }
  /// The team that a team is part of; `none` where there is none, or where the chain would be too
  /// long to be one.
  std::uint32_t parent_of(std::uint32_t team) const { return parents_[team]; }
  /// "team/user".
  std::string name_of(std::uint32_t association) const;

  void save(std::string& out) const;
  /// Throws where the bytes are no people.
  void load(std::string_view bytes);

 private:
  std::uint32_t user_of(std::string_view name);
  std::uint32_t team_of(std::string_view name);
  void find_parents();
  void index();

  std::vector<User> users_;
  std::vector<Team> teams_;
  std::vector<Association> associations_;
  std::vector<std::uint32_t> parents_;
  StringIndex user_index_;
  StringIndex team_index_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> association_index_;
};

}  // namespace orrery::batch
