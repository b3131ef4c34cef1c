#include <utility>

#include "cli/admin_arguments.hpp"

namespace orrery::admin_arguments {
namespace {

const std::vector<std::string_view> key_columns{"id",         "name",       "scope",  "project_id",
                                                "created_at", "expires_at", "expired"};

std::vector<AdminVerb> me() {
  return {
      {"me", "show", "whom the key speaks for", "GET", "/me", {}, {}},
      {"me",
       "password",
       "change one's own password (with a session's access token as key)",
       "POST",
       "/me/password",
       {required("current_password", "- reads it from the input", Form::secret),
        required("new_password", "at least 8 bytes; - reads it from the input", Form::secret)},
       {}},
  };
}

std::vector<AdminVerb> organizations() {
  return {
      {"organization",
       "list",
       "all that the key reaches",
       "GET",
       "/organizations",
       {},
       {"id", "name"}},
      {"organization", "create", "create one", "POST", "/organizations", {name}, {}},
      {"organization",
       "show",
       "one",
       "GET",
       "/organizations/{organization_id}",
       {organization},
       {}},
      {"organization",
       "rename",
       "give it another name",
       "PATCH",
       "/organizations/{organization_id}",
       {organization, name},
       {}},
  };
}

std::vector<AdminVerb> projects() {
  return {
      {"project",
       "list",
       "all that the key reaches",
       "GET",
       "/projects",
       {},
       {"id", "name", "organization_id", "created_at"}},
      {"project",
       "create",
       "create one in an organization",
       "POST",
       "/organizations/{organization_id}/projects",
       {organization, name},
       {}},
      {"project", "show", "one", "GET", "/projects/{project_id}", {project}, {}},
      {"project",
       "rename",
       "give it another name",
       "PATCH",
       "/projects/{project_id}",
       {project, name},
       {}},
      {"project",
       "erase",
       "erase SSH keys and scripts that its keys have sent, for good",
       "DELETE",
       "/projects/{project_id}/personal-data",
       {project},
       {}},
  };
}

std::vector<AdminVerb> members() {
  return {
      {"member",
       "list",
       "members of an organization",
       "GET",
       "/organizations/{organization_id}/members",
       {organization},
       {"account_id", "email", "role", "disabled"}},
      {"member",
       "add",
       "add a person; who has an account keeps it, with its password",
       "POST",
       "/organizations/{organization_id}/members",
       {organization, required("email", "mail address"), role,
        optional("password", "of a new account, by operators only; - reads it from the input",
                 Form::secret)},
       {}},
      {"member",
       "role",
       "change a member's role",
       "PATCH",
       "/organizations/{organization_id}/members/{account_id}",
       {organization, account, role},
       {}},
      {"member",
       "remove",
       "remove a member",
       "DELETE",
       "/organizations/{organization_id}/members/{account_id}",
       {organization, account},
       {}},
  };
}

std::vector<AdminVerb> accounts() {
  return {
      {"account",
       "find",
       "by the whole mail address",
       "GET",
       "/accounts",
       {in_query("email", "mail address", true)},
       {"id", "email", "disabled"}},
      {"account", "show", "one", "GET", "/accounts/{account_id}", {account}, {}},
      {"account",
       "disable",
       "end its sessions and allow none",
       "POST",
       "/accounts/{account_id}/disable",
       {account},
       {}},
      {"account",
       "enable",
       "allow it to sign in again",
       "POST",
       "/accounts/{account_id}/enable",
       {account},
       {}},
      {"account",
       "password",
       "set its password; its sessions end",
       "POST",
       "/accounts/{account_id}/password",
       {account, required("password", "at least 8 bytes; - reads it from the input", Form::secret)},
       {}},
      {"account",
       "erase",
       "disable it and erase the person's data, for good",
       "DELETE",
       "/accounts/{account_id}/personal-data",
       {account},
       {}},
  };
}

std::vector<AdminVerb> keys() {
  return {
      {"key",
       "list",
       "keys of an organization and its projects",
       "GET",
       "/organizations/{organization_id}/keys",
       {organization},
       key_columns},
      {"key",
       "create",
       "create one; it is shown this once",
       "POST",
       "/organizations/{organization_id}/keys",
       {organization, name, optional("project_id", "for this project alone"), expires_at},
       {}},
      {"key",
       "show",
       "one",
       "GET",
       "/organizations/{organization_id}/keys/{key_id}",
       {organization, key},
       {}},
      {"key",
       "revoke",
       "end it at once",
       "DELETE",
       "/organizations/{organization_id}/keys/{key_id}",
       {organization, key},
       {}},
  };
}

std::vector<AdminVerb> operator_keys() {
  return {
      {"operator-key", "list", "keys of operators", "GET", "/operator-keys", {}, key_columns},
      {"operator-key",
       "create",
       "create one; it is shown this once",
       "POST",
       "/operator-keys",
       {name, expires_at},
       {}},
      {"operator-key",
       "revoke",
       "end it at once; never the last one",
       "DELETE",
       "/operator-keys/{key_id}",
       {key},
       {}},
  };
}

}  // namespace

std::vector<AdminVerb> of_customers() {
  std::vector<AdminVerb> all;
  for (auto* part : {&me, &organizations, &projects, &members, &accounts, &keys, &operator_keys})
    for (auto& verb : part()) all.push_back(std::move(verb));
  return all;
}

}  // namespace orrery::admin_arguments
