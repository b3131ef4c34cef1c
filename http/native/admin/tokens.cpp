#include "actors/token/token.hpp"

#include <fmt/format.h>

#include "http/auth/credential.hpp"
#include "http/json/plain_text.hpp"
#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "http/native/admin/key_issue.hpp"
#include "storage/clock.hpp"

namespace orrery::admin {
namespace {

constexpr std::int64_t days_default = 3'650;
constexpr std::int64_t days_max = 36'500;

struct TokenWords {
  std::string name;
  std::int64_t days = days_default;
};

TokenWords read_token(JsonFields& fields, bool with_name) {
  TokenWords words;
  if (with_name) {
    words.name = fields.required_string("name", name_bytes_max);
    if (!is_plain_text(words.name)) fields.refuse("name", plain_text_wanted);
  }
  words.days = fields.optional_integer("days", 1, days_max).value_or(days_default);
  return words;
}

/// So many days from now; in whole seconds, as it is shown.
Time expiry_of(const Call& call, std::int64_t days) {
  return std::chrono::floor<std::chrono::seconds>(call->context().clock->now()) +
         std::chrono::days(days);
}

/// The token, where it is the namespace's.
std::optional<KeyDetails> own_token(const Call& call) {
  const auto key = call->context().identity->key(call->parameter(1));
  const bool own = key && key->scope == KeyScope::namespace_ && key->scope_id == call->parameter(0);
  return own ? key : std::nullopt;
}

void list(const Call& call) {
  const auto keys = call->context().identity->keys_of_namespace(call->parameter(0));
  call->answer(listed(keys, [&](const KeyDetails& key) { return key_json(call, key); }));
}

void show(const Call& call) {
  const auto key = own_token(call);
  if (!key) return call->not_found("token");
  call->answer(key_json(call, *key));
}

/// The only time that the token itself is shown.
void show_secret(const Call& call, const std::string& id, const std::string& secret,
                 unsigned status) {
  const auto key = call->context().identity->key(id);
  if (!key) return call->refuse(409, "token_is_revoked", "the token has been revoked meanwhile");
  auto json = key_json(call, *key);
  json["token"] = secret;
  call->answer(json, status);
}

/// When the token expires. Under the same idempotency key that is counted from the first request:
/// the same words then make the same token.
Time expiry_of_new(const Call& call, const std::string& id, std::int64_t days) {
  const auto known = call->context().identity->key(id);
  if (!known) return expiry_of(call, days);
  return std::chrono::floor<std::chrono::seconds>(known->created_at) + std::chrono::days(days);
}

void create(const Call& call) {
  with_body(
      call, [](JsonFields& fields) { return read_token(fields, true); },
      [&](const TokenWords& words) {
        const auto id = call->ids().uuid();
        const auto secret = mint_credential(namespace_token_prefix, call->ids());
        const auto expires = expiry_of_new(call, id, words.days);
        AccessKeyIssued issued{credential_digest_text(secret), KeyScope::namespace_,
                               call->parameter(0), words.name, expires.time_since_epoch().count()};
        order<Token>(call, id, Token::IssueKey{std::move(issued)},
                     [=] { show_secret(call, id, secret, 201); });
      });
}

void regenerate(const Call& call) {
  if (!own_token(call)) return call->not_found("token");
  const auto go_on = [&](const TokenWords& words) {
    const auto id = call->parameter(1);
    const auto secret = mint_credential(namespace_token_prefix, call->ids());
    const auto expires = expiry_of(call, words.days);
    order<Token>(
        call, id,
        Token::Regenerate{{credential_digest_text(secret), expires.time_since_epoch().count()}},
        [=] { show_secret(call, id, secret, 200); });
  };
  if (call->request().body.empty()) return go_on({});
  with_body(
      call, [](JsonFields& fields) { return read_token(fields, false); }, go_on);
}

void revoke(const Call& call) {
  if (!own_token(call)) return call->not_found("token");
  revoke_key(call, call->parameter(1));
}

}  // namespace

void add_tokens(AdminRoutes& routes) {
  constexpr std::string_view all = "/orrery/v1/namespaces/{namespace_id}/tokens";
  constexpr std::string_view one = "/orrery/v1/namespaces/{namespace_id}/tokens/{token_id}";
  routes.add(Method::get, all, AdminAction::see_tokens, list);
  routes.add(Method::post, all, AdminAction::change_tokens, create);
  routes.add(Method::get, one, AdminAction::see_tokens, show);
  routes.add(Method::delete_, one, AdminAction::change_tokens, revoke);
  routes.add(Method::post, fmt::format("{}/regenerate", one), AdminAction::change_tokens,
             regenerate);
}

}  // namespace orrery::admin
