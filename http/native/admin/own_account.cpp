#include "http/auth/password_pool.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "http/native/admin/password_words.hpp"
#include "storage/clock.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::admin {
namespace {

constexpr std::string_view kind_name(Principal::Kind kind) {
  switch (kind) {
    case Principal::Kind::session:
      return "session";
    case Principal::Kind::organization_key:
      return "organization_key";
    case Principal::Kind::project_key:
      return "project_key";
    case Principal::Kind::operator_key:
      return "operator_key";
    case Principal::Kind::namespace_key:
      return "namespace_key";
  }
  return "";
}

/// Who the credential speaks for.
void show(const Call& call) {
  const auto& principal = call->principal();
  boost::json::object json{{"kind", kind_name(principal.kind)}, {"actor", principal.actor}};
  if (const auto account = call->context().identity->account(principal.account_id)) {
    const auto email = call->context().subject_keys->open(account->email);
    json["account_id"] = account->id;
    json["email"] = email ? boost::json::value(*email) : nullptr;
  }
  if (!principal.organization_id.empty()) json["organization_id"] = principal.organization_id;
  if (!principal.project_id.empty()) json["project_id"] = principal.project_id;
  if (!principal.namespace_id.empty()) json["namespace_id"] = principal.namespace_id;
  call->answer(json);
}

struct Passwords {
  std::string present;
  std::string next;
};

Passwords read_passwords(JsonFields& fields) {
  Passwords passwords;
  passwords.present = fields.required_string("current_password", 1024);
  fields.required_string("new_password", 1024);
  passwords.next = read_new_password(fields, "new_password");
  return passwords;
}

void set_password(const Call& call, const std::string& account_id, std::string password) {
  hash_password(call, std::move(password), [=](std::string hash) {
    order<Account>(call, account_id, Account::ChangePassword{std::move(hash)},
                   [call] { call->done(); });
  });
}

/// All sessions of the account end with its password, this one too. A thief of a session may guess
/// no more often than anybody else.
void change_password(const Call& call) {
  const auto account = call->context().identity->account(call->principal().account_id);
  if (!account)
    return call->refuse(403, "forbidden", "Only a person who has signed in has a password.");
  with_body(call, read_passwords, [&](Passwords passwords) {
    auto& guesses = *call->context().guesses;
    if (!guesses.take(account->id, call->context().clock->now())) return too_many_guesses(call);
    const auto verified = [=, id = account->id, next = std::move(passwords.next)](bool fits) {
      if (!fits) return call->refuse(403, "wrong_password", "current_password is wrong");
      call->context().guesses->forgive(id);
      set_password(call, id, next);
    };
    if (!call->context().passwords->verify(account->password_hash, std::move(passwords.present),
                                           verified))
      too_many_guesses(call);
  });
}

}  // namespace

void add_own_account(AdminRoutes& routes) {
  routes.add_own(Method::get, "/orrery/v1/me", show);
  routes.add_own(Method::post, "/orrery/v1/me/password", change_password);
}

}  // namespace orrery::admin
