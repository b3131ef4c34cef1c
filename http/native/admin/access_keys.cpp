#include "http/auth/credential.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "http/native/admin/key_issue.hpp"

namespace orrery::admin {
namespace {

void list(const Call& call) {
  const auto keys = call->context().identity->keys_of_organization(call->organization_id());
  call->answer(listed(keys, [&](const KeyDetails& key) { return key_json(call, key); }));
}

/// The key, where it is the organization's or one of its projects'.
std::optional<KeyDetails> own_key(const Call& call) {
  const auto& identity = *call->context().identity;
  const auto key = identity.key(call->parameter(1));
  if (!key) return std::nullopt;
  if (key->scope == KeyScope::organization && key->scope_id == call->organization_id()) return key;
  if (key->scope != KeyScope::project) return std::nullopt;
  const auto project = identity.project(key->scope_id);
  return project && project->organization_id == call->organization_id() ? key : std::nullopt;
}

void show(const Call& call) {
  const auto key = own_key(call);
  if (!key) return call->not_found("key");
  call->answer(key_json(call, *key));
}

void create(const Call& call) {
  with_body(
      call, [&](JsonFields& fields) { return read_key(call, fields); },
      [&](const KeyWords& words) {
        if (words.project_id.empty())
          return issue_key(call, access_key_prefix, KeyScope::organization, call->organization_id(),
                           words);
        const auto project = call->context().identity->project(words.project_id);
        if (!project || project->organization_id != call->organization_id())
          return call->wrong("project_id must be a project of the organization");
        issue_key(call, access_key_prefix, KeyScope::project, words.project_id, words);
      });
}

void revoke(const Call& call) {
  if (!own_key(call)) return call->not_found("key");
  revoke_key(call, call->parameter(1));
}

}  // namespace

void add_access_keys(AdminRoutes& routes) {
  constexpr std::string_view all = "/orrery/v1/organizations/{organization_id}/keys";
  constexpr std::string_view one = "/orrery/v1/organizations/{organization_id}/keys/{key_id}";
  routes.add(Method::get, all, AdminAction::see_keys, list);
  routes.add(Method::post, all, AdminAction::change_keys, create);
  routes.add(Method::get, one, AdminAction::see_keys, show);
  routes.add(Method::delete_, one, AdminAction::change_keys, revoke);
}

}  // namespace orrery::admin
