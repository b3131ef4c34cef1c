#pragma once

#include <cstdint>
#include <string_view>

#include <boost/describe.hpp>

#include "projections/identity/identity_view.hpp"

namespace orrery {

/// What can be asked of the administration.
BOOST_DEFINE_FIXED_ENUM_CLASS(AdminAction, std::uint8_t, see_organization, create_organization,
                              rename_organization, see_projects, create_project, rename_project,
                              see_members, change_members, see_keys, change_keys, see_quota,
                              set_quota, see_reservations, change_reservations, see_prices,
                              change_prices, see_fleet, change_fleet, see_accounts, change_accounts,
                              erase_person, erase_project, see_operator_keys, change_operator_keys,
                              open_namespace, see_namespace, see_tokens, change_tokens, pay_in,
                              delete_stored, see_catalog, change_catalog, see_webhooks,
                              change_webhooks)

/// What the caller is to the organization (or to the project within it), or to the namespace, that
/// a request is about. A request about none, such as one for the nodes, has operators and
/// strangers.
BOOST_DEFINE_FIXED_ENUM_CLASS(AdminCaller, std::uint8_t, operator_, admin, member, project_key,
                              /// The person who manages the namespace, and a token of it.
                              owner, namespace_key, stranger)

/// absent: answered like a thing that doesn't exist, so that nobody learns that it does.
BOOST_DEFINE_FIXED_ENUM_CLASS(AdminAccess, std::uint8_t, allowed, forbidden, absent)

/// The one table of who may do what (docs/api/native.md shows it).
AdminAccess admin_access(AdminAction action, AdminCaller caller);

/// What `principal` is to an organization, and to one of its projects where `project_id` isn't
/// empty.
AdminCaller admin_caller(const IdentityView& identity, const Principal& principal,
                         std::string_view organization_id, std::string_view project_id);

/// What `principal` is to the namespace that this person manages.
AdminCaller namespace_caller(const Principal& principal, std::string_view namespace_id,
                             std::string_view account_id);

}  // namespace orrery
