#include <algorithm>

#include "actors/center_team/center_team.hpp"
#include "actors/center_user/center_user.hpp"
#include "http/aicenter/accounting/associations.hpp"
#include "http/aicenter/center/center_call.hpp"
#include "http/aicenter/center/center_resources.hpp"
#include "http/aicenter/center/grant_json.hpp"

namespace orrery::aicenter {
namespace {

boost::json::object team_json(const CenterTeamDetails& team) {
  return {{"name", team.name},
          {"description", team.team.description},
          {"organization", team.team.organization},
          {"parent", text_json(team.team.parent)},
          {"limits", limits_json(team.team.limits)}};
}

void list(const Call& call) {
  call->answer(listed(call->context().center->teams(),
                      [](const CenterView::Team& team) { return team_json(*team); }));
}

void show(const Call& call, const std::string& name) {
  const auto team = call->context().center->team(name);
  if (!team) return call->not_found("team");
  call->answer(team_json(*team));
}

/// Whether `name` is `team`, or above it.
bool is_above(const CenterView& center, const std::string& name, std::string team) {
  // Of a ring, nobody is above: one that isn't in it must not walk round for ever.
  auto steps = center.teams().size() + 1;
  while (!team.empty() && steps-- > 0) {
    if (team == name) return true;
    const auto known = center.team(team);
    team = known ? known->team.parent : std::string();
  }
  return false;
}

CenterTeamSet read_team(const Call& call, JsonFields& fields) {
  const auto& center = *call->context().center;
  const auto name = call->parameter(0);
  CenterTeamSet team;
  team.description = fields.optional_string("description", word_bytes_max).value_or("");
  team.organization = fields.optional_string("organization", word_bytes_max).value_or("");
  team.parent = fields.optional_string("parent", word_bytes_max).value_or("");
  team.limits = read_limits(fields);
  if (!is_login_name(name) || name == root_account)
    fields.refuse("name",
                  "must be 1 to 32 lower-case letters, digits, '_' and '-', a letter first");
  if (team.parent.empty()) return team;
  check_team(call->context(), team.parent, "parent", fields);
  if (is_above(center, name, team.parent))
    fields.refuse("parent", "must not be the team itself, or a part of it");
  return team;
}

void set(const Call& call) {
  with_body(
      call, [&](JsonFields& fields) { return read_team(call, fields); },
      [&](CenterTeamSet team) {
        const auto name = call->parameter(0);
        order<CenterTeam>(call, name, CenterTeam::Set{std::move(team)}, [=] { show(call, name); });
      });
}

/// Only where nobody and nothing hangs on it.
void dissolve(const Call& call) {
  const auto& center = *call->context().center;
  const auto name = call->parameter(0);
  if (!center.team(name)) return call->not_found("team");
  const auto users = center.users();
  if (std::ranges::any_of(users, [&](const auto& user) { return user->grant.team == name; }))
    return call->refuse(409, "team_has_users", "Users belong to this team.");
  const auto teams = center.teams();
  if (std::ranges::any_of(teams, [&](const auto& team) { return team->team.parent == name; }))
    return call->refuse(409, "team_has_parts", "Other teams are part of this one.");
  order<CenterTeam>(call, name, CenterTeam::Dissolve{}, [call] { call->done(); });
}

}  // namespace

void add_teams(Routes& routes) {
  add_center_route(routes, Method::get, "/teams", Need::user, list);
  add_center_route(routes, Method::get, "/teams/{team}", Need::user,
                   [](const Call& call) { show(call, call->parameter(0)); });
  add_center_route(routes, Method::put, "/teams/{team}", Need::administrator, set);
  add_center_route(routes, Method::delete_, "/teams/{team}", Need::administrator, dissolve);
}

}  // namespace orrery::aicenter
