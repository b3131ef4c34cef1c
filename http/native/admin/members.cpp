#include <algorithm>

#include "http/auth/credential.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"
#include "http/native/admin/password_words.hpp"
#include "storage/subject_keys.hpp"

namespace orrery::admin {
namespace {

constexpr std::string_view role_name(MemberRole role) {
  return role == MemberRole::admin ? "admin" : "member";
}

MemberRole read_role(JsonFields& fields) {
  const auto role = fields.required_string("role", 16);
  if (!role.empty() && role != "admin" && role != "member")
    fields.refuse("role", R"(must be "admin" or "member")");
  return role == "admin" ? MemberRole::admin : MemberRole::member;
}

boost::json::object member_json(std::string_view account_id,
                                const std::optional<std::string>& email, MemberRole role) {
  return {{"account_id", account_id},
          {"email", email ? boost::json::value(*email) : nullptr},
          {"role", role_name(role)}};
}

void list(const Call& call) {
  const auto& keys = *call->context().subject_keys;
  call->answer(listed(call->context().identity->members_of(call->organization_id()),
                      [&](const MemberDetails& member) {
                        auto json =
                            member_json(member.account_id, keys.open(member.email), member.role);
                        if (call->caller() == AdminCaller::operator_)
                          json["disabled"] = member.disabled;
                        return json;
                      }));
}

struct Joining {
  std::string email;
  std::string password;
  MemberRole role = MemberRole::member;
};

Joining read_joining(JsonFields& fields) {
  Joining joining;
  joining.email = read_email(fields);
  joining.password = read_new_password(fields, "password");
  joining.role = read_role(fields);
  return joining;
}

/// A person who has an account keeps it with its password; who has none gets one. Both take the
/// same way and get the same answer, so that nobody learns who has an account already. An account
/// is the whole server's: an admin who could set its password would sign in as that person wherever
/// else he is added later.
void add(const Call& call) {
  with_body(call, read_joining, [&](Joining joining) {
    if (!joining.password.empty() && call->caller() != AdminCaller::operator_)
      return call->refuse(403, "forbidden",
                          "Only operators set passwords: leave \"password\" out, and ask one.");
    const auto account_id = call->context().secret.account_id(joining.email);
    auto sealed = call->context().subject_keys->seal(account_id, joining.email);
    if (!sealed) return call->refuse(503, "unavailable", "Nothing can be changed now.");
    // Without a password nobody can sign in until an operator sets one.
    if (joining.password.empty()) joining.password = mint_credential("", call->ids());
    const AccountJoinedOrganization membership{call->organization_id(), joining.role};
    const auto join = [=, email = joining.email] {
      order<Account>(call, account_id, Account::JoinOrganization{membership},
                     [=] { call->answer(member_json(account_id, email, membership.role), 201); });
    };
    hash_password(call, std::move(joining.password), [=](std::string hash) {
      AccountRegistered registered{*sealed, std::move(hash)};
      order<Account>(call, account_id, Account::Register{std::move(registered)},
                     [join](std::optional<Account::Rejection>) { join(); });
    });
  });
}

std::optional<MemberDetails> member_of(const Call& call) {
  const auto members = call->context().identity->members_of(call->organization_id());
  const auto found = std::ranges::find(members, call->parameter(1), &MemberDetails::account_id);
  return found == members.end() ? std::nullopt : std::optional(*found);
}

void change_role(const Call& call) {
  with_body(call, read_role, [&](MemberRole role) {
    const auto member = member_of(call);
    if (!member) return call->not_found("member");
    const AccountJoinedOrganization membership{call->organization_id(), role};
    order<Account>(call, member->account_id, Account::JoinOrganization{membership}, [=] {
      call->answer(
          member_json(member->account_id, call->context().subject_keys->open(member->email), role));
    });
  });
}

void leave(const Call& call, const std::string& account_id) {
  order<Account>(call, account_id, Account::LeaveOrganization{call->organization_id()},
                 [call] { call->done(); });
}

/// Whoever may see the members may leave; to remove somebody else takes an admin.
void remove(const Call& call) {
  const auto member = member_of(call);
  const bool himself = member && member->account_id == call->principal().account_id;
  if (!himself && admin_access(AdminAction::change_members, call->caller()) != AdminAccess::allowed)
    return call->refuse(403, "forbidden",
                        "This needs an admin of the organization, or an operator.");
  if (!member) return call->not_found("member");
  leave(call, member->account_id);
}

}  // namespace

void add_members(AdminRoutes& routes) {
  constexpr std::string_view all = "/orrery/v1/organizations/{organization_id}/members";
  constexpr std::string_view one =
      "/orrery/v1/organizations/{organization_id}/members/{account_id}";
  routes.add(Method::get, all, AdminAction::see_members, list);
  routes.add(Method::post, all, AdminAction::change_members, add);
  routes.add(Method::patch, one, AdminAction::change_members, change_role);
  routes.add(Method::delete_, one, AdminAction::see_members, remove);
}

}  // namespace orrery::admin
