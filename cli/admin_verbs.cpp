#include "cli/admin_verbs.hpp"

#include <array>
#include <utility>

namespace orrery {
namespace {

using Form = AdminArgument::Form;
using Place = AdminArgument::Place;

constexpr AdminArgument in_path(std::string_view name, std::string_view help) {
  return {name, help, Place::path, true, Form::text};
}
constexpr AdminArgument optional(std::string_view name, std::string_view help,
                                 Form form = Form::text) {
  return {name, help, Place::body, false, form};
}
constexpr AdminArgument required(std::string_view name, std::string_view help,
                                 Form form = Form::text) {
  return {name, help, Place::body, true, form};
}
constexpr AdminArgument in_query(std::string_view name, std::string_view help,
                                 bool is_required = false) {
  return {name, help, Place::query, is_required, Form::text};
}

constexpr auto organization = in_path("organization_id", "id of the organization");
constexpr auto project = in_path("project_id", "id of the project");
constexpr auto account = in_path("account_id", "id of the account");
constexpr auto key = in_path("key_id", "id of the key");
constexpr auto node = in_path("node_id", "id of the node");
constexpr auto reservation = in_path("reservation_id", "id of the reservation");
constexpr auto name = required("name", "its name");
constexpr auto role = required("role", "member or admin");
constexpr auto expires_at =
    optional("expires_at", "such as 2027-01-31T00:00:00Z; never, if absent");

const std::vector<std::string_view> key_columns{"id",         "name",       "scope",  "project_id",
                                                "created_at", "expires_at", "expired"};

std::vector<AdminVerb> people() {
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
        optional("password", "first password of a new account; - reads it from the input",
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

std::vector<AdminVerb> money() {
  return {
      {"quota",
       "show",
       "what a project may have, and has",
       "GET",
       "/projects/{project_id}/quota",
       {project},
       {}},
      {"quota",
       "set",
       "set all limits; what isn't named is unlimited",
       "PUT",
       "/projects/{project_id}/quota",
       {project, optional("gpus", "by model: A100-80GB=8,A40-48GB=4", Form::counts),
        optional("vms", "VMs", Form::count), optional("disks", "disks", Form::count),
        optional("disk_gib", "GiB of all disks", Form::count),
        optional("month_usd", "dollars in a month (UTC), such as 1000.00")},
       {}},
      {"price",
       "list",
       "prices in force",
       "GET",
       "/prices",
       {},
       {"metric", "product", "usd_per_hour", "since"}},
      {"price",
       "set",
       "set a price, from now on",
       "PUT",
       "/prices/{metric}/{product}",
       {in_path("metric", "gpu-hours or disk-gb-hours"),
        in_path("product", "family of VM types (l40s-48gb), or a disk type (persistent-ssd)"),
        required("usd_per_hour", "dollars for one GPU, or GB, and hour, such as 1.25")},
       {}},
      {"reservation",
       "list",
       "reservations of an organization",
       "GET",
       "/organizations/{organization_id}/reservations",
       {organization},
       {"id", "vm_type", "location", "vm_count", "starts_at", "ends_at", "ended"}},
      {"reservation",
       "create",
       "declare one",
       "POST",
       "/organizations/{organization_id}/reservations",
       {organization, required("vm_type", "such as l40s-48gb.2x"), required("location", "location"),
        required("vm_count", "VMs that may use it at once", Form::count),
        required("starts_at", "such as 2026-01-01T00:00:00Z"), required("ends_at", "likewise"),
        optional("usd_per_gpu_hour", "what a GPU hour costs on top; nothing, if absent")},
       {}},
      {"reservation",
       "show",
       "one",
       "GET",
       "/organizations/{organization_id}/reservations/{reservation_id}",
       {organization, reservation},
       {}},
      {"reservation",
       "end",
       "let no VM join it any more",
       "POST",
       "/organizations/{organization_id}/reservations/{reservation_id}/end",
       {organization, reservation},
       {}},
  };
}

std::vector<AdminVerb> fleet() {
  const auto image = std::vector<AdminArgument>{
      name, optional("description", "what it is"), optional("tags", "tags", Form::list),
      optional("locations", "locations that list it", Form::list)};
  auto replaced_image = image;
  replaced_image.insert(replaced_image.begin(), in_path("image_id", "id of the image"));
  return {
      {"address-pool",
       "list",
       "pools of public addresses",
       "GET",
       "/address-pools",
       {},
       {"name", "location", "cidr"}},
      {"address-pool",
       "declare",
       "declare one, or let it grow",
       "PUT",
       "/address-pools/{pool}",
       {in_path("pool", "name of the pool"), required("location", "location"),
        required("cidr", "such as 203.0.113.0/24")},
       {}},
      {"cluster",
       "list",
       "clusters",
       "GET",
       "/clusters",
       {},
       {"name", "location", "when_full", "strategy", "gpu_models"}},
      {"cluster",
       "declare",
       "declare one, or change its policy",
       "PUT",
       "/clusters/{cluster}",
       {in_path("cluster", "name of the cluster"), required("location", "what customers call it"),
        optional("when_full", "refuse (as if absent) or queue"),
        optional("strategy", "pack (as if absent) or spread")},
       {}},
      {"node",
       "list",
       "nodes by id",
       "GET",
       "/nodes",
       {in_query("cluster", "of this cluster alone")},
       {"id", "cluster", "gpu_model", "gpu_count", "ready", "cordoned", "reason"}},
      {"node",
       "register",
       "register one",
       "POST",
       "/nodes",
       {{"id", "id of the node", Place::body_word, true, Form::text},
        required("cluster", "name of its cluster"),
        required("gpu_model", "such as L40S-48GB"),
        required("gpu_count", "1 to 16", Form::count)},
       {}},
      {"node", "show", "one", "GET", "/nodes/{node_id}", {node}, {}},
      {"node",
       "cordon",
       "give it no new work",
       "POST",
       "/nodes/{node_id}/cordon",
       {node, optional("reason", "for those who come later")},
       {}},
      {"node", "uncordon", "give it work again", "POST", "/nodes/{node_id}/uncordon", {node}, {}},
      {"image", "list", "images", "GET", "/images", {}, {"id", "name", "description", "locations"}},
      {"image", "publish", "publish one", "POST", "/images", image, {}},
      {"image", "replace", "say anew what it is", "PUT", "/images/{image_id}", replaced_image, {}},
  };
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 14> noun_helps{{
    {"me", "whom the key speaks for, and one's password"},
    {"organization", "customers"},
    {"project", "what groups a customer's things"},
    {"member", "people of an organization, and their roles"},
    {"account", "people who can sign in"},
    {"key", "access keys of an organization or one project"},
    {"operator-key", "keys like the first one, which the server wrote"},
    {"quota", "what a project may have at once, and spend in a month"},
    {"price", "what GPUs and disks cost"},
    {"reservation", "VMs that an organization has paid for"},
    {"address-pool", "public addresses of a location"},
    {"cluster", "nodes of one place under one policy"},
    {"node", "machines with GPUs"},
    {"image", "operating systems that VMs start from"},
}};

}  // namespace

const std::vector<AdminVerb>& admin_verbs() {
  static const auto verbs = [] {
    std::vector<AdminVerb> all;
    for (auto* part : {&people, &keys, &money, &fleet})
      for (auto& verb : part()) all.push_back(std::move(verb));
    return all;
  }();
  return verbs;
}

std::string_view admin_noun_help(std::string_view noun) {
  for (const auto& [known, help] : noun_helps)
    if (known == noun) return help;
  return {};
}

}  // namespace orrery
