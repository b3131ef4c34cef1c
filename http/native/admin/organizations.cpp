#include "actors/organization/organization.hpp"

#include "http/native/admin/admin_body.hpp"
#include "http/native/admin/admin_resources.hpp"
#include "http/native/admin/admin_routes.hpp"

namespace orrery::admin {
namespace {

boost::json::object organization_json(const OrganizationDetails& organization) {
  return {{"id", organization.id},
          {"name", organization.name},
          {"stripe_customer_id", organization.stripe_customer_id}};
}

void list(const Call& call) {
  const auto& context = call->context();
  auto organizations = context.identity->organizations_of(call->principal());
  std::erase_if(organizations, [&](const OrganizationDetails& organization) {
    return !context.gate().identity->may_reach_organization(call->principal(), organization.id);
  });
  call->answer(listed(organizations, organization_json));
}

void show(const Call& call) {
  call->answer(organization_json(*call->context().identity->organization(call->organization_id())));
}

std::string read_name(JsonFields& fields) {
  return std::string(fields.required_string("name", name_bytes_max));
}

void create(const Call& call) {
  with_body(call, read_name, [&](std::string name) {
    const auto id = call->ids().uuid();
    const auto customer = "cus_" + call->ids().upper_hex(7);
    order<Organization>(call, id, Organization::Create{{name, customer}}, [=] {
      call->answer(organization_json({id, name, customer}), 201);
    });
  });
}

void rename(const Call& call) {
  with_body(call, read_name, [&](std::string name) {
    order<Organization>(call, call->organization_id(), Organization::Rename{std::move(name)},
                        [call] { show(call); });
  });
}

}  // namespace

void add_organizations(AdminRoutes& routes) {
  routes.add_own(Method::get, "/orrery/v1/organizations", list);
  routes.add(Method::post, "/orrery/v1/organizations", AdminAction::create_organization, create);
  routes.add(Method::get, "/orrery/v1/organizations/{organization_id}",
             AdminAction::see_organization, show);
  routes.add(Method::patch, "/orrery/v1/organizations/{organization_id}",
             AdminAction::rename_organization, rename);
}

}  // namespace orrery::admin
