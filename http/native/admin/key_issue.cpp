#include "http/native/admin/key_issue.hpp"

#include "http/auth/credential.hpp"
#include "storage/clock.hpp"

namespace orrery::admin {
namespace {

constexpr std::string_view scope_name(KeyScope scope) {
  switch (scope) {
    case KeyScope::organization:
      return "organization";
    case KeyScope::project:
      return "project";
    case KeyScope::operator_:
      return "operator";
    case KeyScope::namespace_:
      return "namespace";
  }
  return "";
}

}  // namespace

boost::json::object key_json(const Call& call, const KeyDetails& key) {
  const bool expires = key.expires_at != Time::max();
  boost::json::object json{{"id", key.id}, {"name", key.name}, {"scope", scope_name(key.scope)}};
  if (key.scope == KeyScope::project) json["project_id"] = key.scope_id;
  if (key.scope == KeyScope::namespace_) json["namespace_id"] = key.scope_id;
  json["created_at"] = rfc3339_seconds(key.created_at);
  json["created_by"] = key.created_by;
  json["expires_at"] = expires ? boost::json::value(rfc3339_seconds(key.expires_at)) : nullptr;
  json["expired"] = expires && key.expires_at <= call->context().clock->now();
  return json;
}

KeyWords read_key(const Call& call, JsonFields& fields) {
  KeyWords words;
  words.name = fields.required_string("name", name_bytes_max);
  words.project_id = fields.optional_string("project_id", id_bytes_max).value_or("");
  words.expires_at_us = read_time(fields, "expires_at").value_or(0);
  const auto now = call->context().clock->now().time_since_epoch().count();
  if (words.expires_at_us != 0 && words.expires_at_us <= now)
    fields.refuse("expires_at", "must be in the future");
  return words;
}

void issue_key(const Call& call, std::string_view prefix, KeyScope scope, std::string scope_id,
               const KeyWords& words) {
  const auto id = call->ids().uuid();
  const auto secret = mint_credential(prefix, call->ids());
  AccessKeyIssued issued{credential_digest_text(secret), scope, std::move(scope_id), words.name,
                         words.expires_at_us};
  order<Token>(call, id, Token::IssueKey{std::move(issued)}, [=] {
    const auto key = call->context().identity->key(id);
    if (!key) return call->refuse(409, "token_is_revoked", "the key has been revoked meanwhile");
    auto json = key_json(call, *key);
    json["access_key"] = secret;
    if (scope != KeyScope::operator_)
      json["signing_secret"] = call->context().secret.signing_secret(id);
    call->answer(json, 201);
  });
}

void revoke_key(const Call& call, const std::string& key_id) {
  order<Token>(call, key_id, Token::Revoke{"revoked by " + call->principal().actor},
               [call] { call->done(); });
}

}  // namespace orrery::admin
