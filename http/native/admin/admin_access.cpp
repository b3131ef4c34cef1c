#include "http/native/admin/admin_access.hpp"

#include <array>
#include <cstddef>

namespace orrery {
namespace {

constexpr auto yes = AdminAccess::allowed;
constexpr auto no_ = AdminAccess::forbidden;
constexpr auto gone = AdminAccess::absent;

struct Row {
  AdminAction action;
  /// operator, admin, member, project key, owner, namespace's key, stranger.
  std::array<AdminAccess, 7> access;
};

constexpr std::array table{
    Row{AdminAction::see_organization, {yes, yes, yes, yes, gone, gone, gone}},
    Row{AdminAction::create_organization, {yes, no_, no_, no_, no_, no_, no_}},
    Row{AdminAction::rename_organization, {yes, yes, no_, no_, gone, gone, gone}},
    Row{AdminAction::see_projects, {yes, yes, yes, yes, gone, gone, gone}},
    Row{AdminAction::create_project, {yes, yes, no_, no_, gone, gone, gone}},
    Row{AdminAction::rename_project, {yes, yes, no_, no_, gone, gone, gone}},
    Row{AdminAction::see_members, {yes, yes, yes, no_, gone, gone, gone}},
    Row{AdminAction::change_members, {yes, yes, no_, no_, gone, gone, gone}},
    Row{AdminAction::see_keys, {yes, yes, no_, no_, gone, gone, gone}},
    Row{AdminAction::change_keys, {yes, yes, no_, no_, gone, gone, gone}},
    Row{AdminAction::see_quota, {yes, yes, yes, yes, gone, gone, gone}},
    Row{AdminAction::set_quota, {yes, no_, no_, no_, gone, gone, gone}},
    Row{AdminAction::see_reservations, {yes, yes, yes, no_, gone, gone, gone}},
    Row{AdminAction::change_reservations, {yes, no_, no_, no_, gone, gone, gone}},
    Row{AdminAction::see_prices, {yes, yes, yes, yes, yes, yes, yes}},
    Row{AdminAction::change_prices, {yes, no_, no_, no_, no_, no_, no_}},
    Row{AdminAction::see_fleet, {yes, no_, no_, no_, no_, no_, no_}},
    Row{AdminAction::change_fleet, {yes, no_, no_, no_, no_, no_, no_}},
    Row{AdminAction::see_accounts, {yes, no_, no_, no_, no_, no_, no_}},
    Row{AdminAction::change_accounts, {yes, no_, no_, no_, no_, no_, no_}},
    Row{AdminAction::erase_person, {yes, no_, no_, no_, no_, no_, no_}},
    Row{AdminAction::erase_project, {yes, no_, no_, no_, gone, gone, gone}},
    Row{AdminAction::see_operator_keys, {yes, no_, no_, no_, no_, no_, no_}},
    Row{AdminAction::change_operator_keys, {yes, no_, no_, no_, no_, no_, no_}},
    Row{AdminAction::open_namespace, {yes, no_, no_, no_, no_, no_, no_}},
    Row{AdminAction::see_namespace, {yes, gone, gone, gone, yes, yes, gone}},
    Row{AdminAction::see_tokens, {yes, gone, gone, gone, yes, no_, gone}},
    Row{AdminAction::change_tokens, {yes, gone, gone, gone, yes, no_, gone}},
    Row{AdminAction::pay_in, {yes, gone, gone, gone, no_, no_, gone}},
    Row{AdminAction::delete_stored, {yes, gone, gone, gone, yes, no_, gone}},
    Row{AdminAction::see_catalog, {yes, yes, yes, yes, yes, yes, yes}},
    Row{AdminAction::change_catalog, {yes, no_, no_, no_, no_, no_, no_}},
    Row{AdminAction::see_webhooks, {yes, no_, no_, no_, no_, no_, no_}},
    Row{AdminAction::change_webhooks, {yes, no_, no_, no_, no_, no_, no_}},
};

/// Each row stands at its action's place, so that none is missing.
constexpr bool in_order() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (static_cast<std::size_t>(table[i].action) != i) return false;
  return true;
}
static_assert(in_order());
static_assert(table.size() ==
              boost::mp11::mp_size<boost::describe::describe_enumerators<AdminAction>>::value);

}  // namespace

AdminAccess admin_access(AdminAction action, AdminCaller caller) {
  return table[static_cast<std::size_t>(action)].access[static_cast<std::size_t>(caller)];
}

AdminCaller admin_caller(const IdentityView& identity, const Principal& principal,
                         std::string_view organization_id, std::string_view project_id) {
  if (principal.kind == Principal::Kind::operator_key) return AdminCaller::operator_;
  if (organization_id.empty()) return AdminCaller::stranger;
  if (principal.kind == Principal::Kind::project_key) {
    const bool own = project_id.empty()
                         ? identity.may_reach_organization(principal, organization_id)
                         : identity.may_reach_project(principal, project_id);
    return own ? AdminCaller::project_key : AdminCaller::stranger;
  }
  const auto role = identity.role_in(principal, organization_id);
  if (!role) return AdminCaller::stranger;
  return *role == MemberRole::admin ? AdminCaller::admin : AdminCaller::member;
}

AdminCaller namespace_caller(const Principal& principal, std::string_view namespace_id,
                             std::string_view account_id) {
  switch (principal.kind) {
    case Principal::Kind::operator_key:
      return AdminCaller::operator_;
    case Principal::Kind::namespace_key:
      return principal.namespace_id == namespace_id ? AdminCaller::namespace_key
                                                    : AdminCaller::stranger;
    case Principal::Kind::session:
      return !account_id.empty() && principal.account_id == account_id ? AdminCaller::owner
                                                                       : AdminCaller::stranger;
    case Principal::Kind::organization_key:
    case Principal::Kind::project_key:
      return AdminCaller::stranger;
  }
  return AdminCaller::stranger;
}

}  // namespace orrery
