#include <algorithm>

#include "http/auth/credential.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "http/native/admin/key_issue.hpp"
#include "storage/clock.hpp"

namespace orrery::admin {
namespace {

void list(const Call& call) {
  call->answer(listed(call->context().identity->operator_keys(),
                      [&](const KeyDetails& key) { return key_json(call, key); }));
}

void create(const Call& call) {
  with_body(
      call, [&](JsonFields& fields) { return read_key(call, fields); },
      [&](const KeyWords& words) {
        issue_key(call, operator_key_prefix, KeyScope::operator_, {}, words);
      });
}

/// Without any operator's key nobody could ever make one again.
void revoke(const Call& call) {
  const auto keys = call->context().identity->operator_keys();
  const auto id = call->parameter(0);
  const auto now = call->context().clock->now();
  if (std::ranges::find(keys, id, &KeyDetails::id) == keys.end()) return call->not_found("key");
  const bool another = std::ranges::any_of(
      keys, [&](const KeyDetails& key) { return key.id != id && key.expires_at > now; });
  if (!another)
    return call->refuse(409, "last_operator_key",
                        "This is the last operator's key that is alive: create another one first.");
  revoke_key(call, id);
}

}  // namespace

void add_operator_keys(AdminRoutes& routes) {
  routes.add(Method::get, "/orrery/v1/operator-keys", AdminAction::see_operator_keys, list);
  routes.add(Method::post, "/orrery/v1/operator-keys", AdminAction::change_operator_keys, create);
  routes.add(Method::delete_, "/orrery/v1/operator-keys/{key_id}",
             AdminAction::change_operator_keys, revoke);
}

}  // namespace orrery::admin
