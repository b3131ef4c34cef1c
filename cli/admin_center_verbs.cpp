#include <utility>

#include "cli/admin_arguments.hpp"

namespace orrery::admin_arguments {
namespace {

constexpr auto user = in_path("user", "login name");
constexpr auto team = in_path("team", "name of the team");
constexpr auto reason = required("reason", "why, for the person to read");
constexpr auto limits =
    optional("limits",
             "such as jobs_max=50,gpus_max=8: jobs_max, running_max, gpus_max, gpus_per_job_max, "
             "time_limit_max_min, shares, quota_bytes; all of them anew",
             Form::counts);

std::vector<AdminArgument> grant(bool is_whole) {
  return {{"class", "such as A", Place::body, is_whole, Form::text},
          {"team", "whom the user belongs to", Place::body, is_whole, Form::text},
          optional("role", "none, operator or administrator"),
          limits};
}

std::vector<AdminArgument> with(const AdminArgument& first, std::vector<AdminArgument> rest) {
  rest.insert(rest.begin(), first);
  return rest;
}

std::vector<AdminVerb> users() {
  return {
      {"center-user",
       "list",
       "everybody, or those who have applied",
       "GET",
       "/center/users",
       {in_query("status", "applied, declined or approved"), in_query("team", "only of this team"),
        in_query("class", "only of this class"), in_query("after", "the name to go on after")},
       {"name", "status", "full_name", "email", "class", "team", "role", "uid", "applied_at"}},
      {"center-user", "show", "one", "GET", "/center/users/{user}", {user}, {}},
      {"center-user",
       "create",
       "make a user without an application",
       "POST",
       "/center/users",
       with({"name", "login name", Place::body_word, true, Form::text}, grant(true)),
       {}},
      {"center-user",
       "approve",
       "approve an application; what isn't said is as it was applied for",
       "POST",
       "/center/users/{user}/approve",
       with(user, grant(false)),
       {}},
      {"center-user",
       "decline",
       "decline an application; the person may apply again",
       "POST",
       "/center/users/{user}/decline",
       {user, reason},
       {}},
      {"center-user",
       "grant",
       "change class, team, role or limits",
       "PUT",
       "/center/users/{user}/grant",
       with(user, grant(false)),
       {}},
  };
}

std::vector<AdminVerb> sanctions() {
  return {
      {"center-user",
       "suspend",
       "end a user's jobs, and take no more",
       "POST",
       "/center/users/{user}/suspend",
       {user, reason,
        optional("until", "such as 2027-01-31T00:00:00Z; until reinstated, if absent")},
       {}},
      {"center-user",
       "reinstate",
       "end a suspension",
       "POST",
       "/center/users/{user}/reinstate",
       {user},
       {}},
      {"center-user",
       "token",
       "make a token for a user (X-SLURM-USER-TOKEN, SLURM_JWT)",
       "POST",
       "/center/tokens",
       {{"user", "login name", Place::body_word, true, Form::text},
        optional("lifespan_s", "seconds; 1800, if absent", Form::count)},
       {}},
      {"center-user",
       "revoke-tokens",
       "make all tokens of a user worth nothing",
       "POST",
       "/center/users/{user}/revoke-tokens",
       {user},
       {}},
      {"center-user",
       "erase",
       "erase a user with all files; nobody can read anything of him any more",
       "DELETE",
       "/center/users/{user}",
       {user},
       {}},
  };
}

std::vector<AdminVerb> teams() {
  return {
      {"center-team",
       "list",
       "all",
       "GET",
       "/center/teams",
       {},
       {"name", "description", "organization", "parent"}},
      {"center-team", "show", "one", "GET", "/center/teams/{team}", {team}, {}},
      {"center-team",
       "set",
       "form a team, or change it; what isn't said is empty",
       "PUT",
       "/center/teams/{team}",
       {team, optional("description", "for people"), optional("organization", "for people"),
        optional("parent", "the team that it is part of"), limits},
       {}},
      {"center-team",
       "dissolve",
       "remove a team that nobody belongs to",
       "DELETE",
       "/center/teams/{team}",
       {team},
       {}},
  };
}

std::vector<AdminVerb> notices() {
  return {
      {"notice",
       "list",
       "what everybody shall know, the newest first",
       "GET",
       "/center/notices",
       {in_query("after", "only those after this position")},
       {"id", "level", "title", "author", "posted_at", "position"}},
      {"notice",
       "post",
       "tell everybody something",
       "POST",
       "/center/notices",
       {required("title", "one line"), optional("body", "the rest"),
        optional("level", "info, maintenance or urgent")},
       {}},
      {"notice",
       "withdraw",
       "take a notice back",
       "DELETE",
       "/center/notices/{notice_id}",
       {in_path("notice_id", "id of the notice")},
       {}},
  };
}

}  // namespace

std::vector<AdminVerb> of_center() {
  std::vector<AdminVerb> all;
  for (auto* part : {&users, &sanctions, &teams, &notices})
    for (auto& verb : part()) all.push_back(std::move(verb));
  return all;
}

}  // namespace orrery::admin_arguments
