#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "http/native/admin/password_words.hpp"
#include "projections/operations/operation_view.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::admin {
namespace {

boost::json::object account_json(const Call& call, const AccountDetails& account) {
  boost::json::array organizations;
  for (const auto& [id, role] : account.organizations)
    organizations.push_back(
        {{"organization_id", id}, {"role", role == MemberRole::admin ? "admin" : "member"}});
  const auto email = call->context().subject_keys->open(account.email);
  return {{"id", account.id},
          {"email", email ? boost::json::value(*email) : nullptr},
          {"disabled", account.disabled},
          {"organizations", std::move(organizations)}};
}

void show(const Call& call, const std::string& id) {
  const auto account = call->context().identity->account(id);
  if (!account) return call->not_found("account");
  call->answer(account_json(call, *account));
}

/// Accounts are found by the whole address only: no view knows one.
void find(const Call& call) {
  const auto email = call->request().query_parameter("email");
  if (email.empty()) return call->wrong("email is required");
  const auto account = call->context().identity->account(call->context().secret.account_id(email));
  boost::json::array items;
  if (account) items.push_back(account_json(call, *account));
  call->answer({{"items", std::move(items)}});
}

template <class C>
void change(const Call& call, C command) {
  const auto id = call->parameter(0);
  order<Account>(call, id, std::move(command), [=] { show(call, id); });
}

/// Whose address nobody can read any more stays closed: an erasure is for good.
void enable(const Call& call) {
  const auto account = call->context().identity->account(call->parameter(0));
  if (account && !call->context().subject_keys->open(account->email))
    return call->refuse(409, "account_erased", "The account was erased and stays closed.");
  change(call, Account::Enable{});
}

void set_password(const Call& call) {
  const auto read = [](JsonFields& fields) {
    fields.required_string("password", 1024);
    return read_new_password(fields, "password");
  };
  with_body(call, read, [&](std::string password) {
    if (!call->context().identity->account(call->parameter(0))) return call->not_found("account");
    hash_password(call, std::move(password), [call](std::string hash) {
      change(call, Account::ChangePassword{std::move(hash)});
    });
  });
}

/// The key goes, and with it everything that was ever sealed under it; and what was opened with it
/// before, to be shown. False where the key may still be there.
bool erase_subject(const Call& call, const std::string& subject) {
  if (!call->context().subject_keys->erase(subject)) return false;
  call->context().operations->forget_prepared();
  return true;
}

/// The account is closed first, so that nothing new is sealed for the person.
void erase(const Call& call) {
  const auto id = call->parameter(0);
  if (!call->context().identity->account(id)) return call->not_found("account");
  order<Account>(call, id, Account::Disable{}, [=] {
    if (!erase_subject(call, id))
      return call->refuse(503, "unavailable",
                          "The account is disabled, but its key could not be erased: try again.");
    call->done();
  });
}

/// What a project's keys have had sealed: SSH keys and scripts of its VMs.
void erase_project(const Call& call) {
  if (!erase_subject(call, call->parameter(0)))
    return call->refuse(503, "unavailable", "The key could not be erased: try again.");
  call->done();
}

}  // namespace

void add_accounts(AdminRoutes& routes) {
  const auto add = [&](Method method, std::string_view rest, AdminAction action,
                       AdminRoutes::Handler handler) {
    routes.add(method, "/orrery/v1/accounts" + std::string(rest), action, std::move(handler));
  };
  add(Method::get, "", AdminAction::see_accounts, find);
  add(Method::get, "/{account_id}", AdminAction::see_accounts,
      [](const Call& call) { show(call, call->parameter(0)); });
  add(Method::post, "/{account_id}/disable", AdminAction::change_accounts,
      [](const Call& call) { change(call, Account::Disable{}); });
  add(Method::post, "/{account_id}/enable", AdminAction::change_accounts,
      [](const Call& call) { enable(call); });
  add(Method::post, "/{account_id}/password", AdminAction::change_accounts, set_password);
  add(Method::delete_, "/{account_id}/personal-data", AdminAction::erase_person, erase);
  routes.add(Method::delete_, "/orrery/v1/projects/{project_id}/personal-data",
             AdminAction::erase_project, erase_project);
}

}  // namespace orrery::admin
