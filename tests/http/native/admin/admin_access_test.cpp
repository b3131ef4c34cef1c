#include "http/native/admin/admin_access.hpp"

#include <boost/mp11/algorithm.hpp>
#include <catch2/catch.hpp>

#include "tests/http/native/admin/admin_people.hpp"
#include "tests/support/golden.hpp"

using namespace orrery;

TEST_CASE("who may do what in the administration is what the table says", "[golden]") {
  namespace describe = boost::describe;
  std::string table = fmt::format("{:24}", "");
  const auto each = [](auto enumeration, const auto& visit) {
    boost::mp11::mp_for_each<describe::describe_enumerators<decltype(enumeration)>>(visit);
  };
  each(AdminCaller{}, [&](auto caller) { table += fmt::format("{:>12}", caller.name); });
  each(AdminAction{}, [&](auto action) {
    table += fmt::format("\n{:24}", action.name);
    each(AdminCaller{}, [&](auto caller) {
      const auto access = admin_access(action.value, caller.value);
      table += fmt::format("{:>12}", describe::enum_to_string(access, ""));
    });
  });
  check_golden("tables/admin_access.txt", table + "\n");
}

namespace {

struct RouteCase {
  std::string_view method;
  std::string target;
  AdminAction action;
  /// Wrong on purpose where a right one would change something: 400 proves that it was let in.
  std::string body = "{}";
};

std::vector<RouteCase> cases_of(const AdminPeople& people) {
  const auto& organization = people.organization;
  const auto& project = people.project;
  using A = AdminAction;
  return {
      {"GET", organization, A::see_organization, ""},
      {"PATCH", organization, A::rename_organization},
      {"GET", organization + "/projects", A::see_projects, ""},
      {"POST", organization + "/projects", A::create_project},
      {"GET", project, A::see_projects, ""},
      {"PATCH", project, A::rename_project},
      {"DELETE", project + "/personal-data", A::erase_project, ""},
      {"GET", project + "/quota", A::see_quota, ""},
      {"PUT", project + "/quota", A::set_quota, "[]"},
      {"GET", organization + "/members", A::see_members, ""},
      {"POST", organization + "/members", A::change_members},
      {"PATCH", organization + "/members/nobody", A::change_members},
      {"GET", organization + "/keys", A::see_keys, ""},
      {"POST", organization + "/keys", A::change_keys},
      {"GET", organization + "/reservations", A::see_reservations, ""},
      {"POST", organization + "/reservations", A::change_reservations},
      {"POST", "/orrery/v1/organizations", A::create_organization},
      {"GET", "/orrery/v1/prices", A::see_prices, ""},
      {"PUT", "/orrery/v1/prices/gpu-hours/a40", A::change_prices},
      {"GET", "/orrery/v1/address-pools", A::see_fleet, ""},
      {"PUT", "/orrery/v1/address-pools/east", A::change_fleet},
      {"GET", "/orrery/v1/clusters", A::see_fleet, ""},
      {"PUT", "/orrery/v1/clusters/east", A::change_fleet},
      {"GET", "/orrery/v1/nodes", A::see_fleet, ""},
      {"POST", "/orrery/v1/nodes", A::change_fleet},
      {"GET", "/orrery/v1/images", A::see_fleet, ""},
      {"POST", "/orrery/v1/images", A::change_fleet},
      {"GET", "/orrery/v1/operator-keys", A::see_operator_keys, ""},
      {"POST", "/orrery/v1/operator-keys", A::change_operator_keys},
      {"GET", "/orrery/v1/accounts?email=nobody@example.org", A::see_accounts, ""},
      {"POST", "/orrery/v1/accounts/nobody/password", A::change_accounts},
  };
}

/// Of a request about the whole server, everybody but an operator is a stranger.
AdminCaller seen_as(const RouteCase& route, AdminCaller caller) {
  const bool of_organization = route.target.find("/organizations/") != std::string::npos ||
                               route.target.find("/projects/") != std::string::npos;
  return of_organization || caller == AdminCaller::operator_ ? caller : AdminCaller::stranger;
}

}  // namespace

TEST_CASE("every route of the administration lets in whom the table lets in, cell by cell") {
  AdminPeople people;
  const auto& server = people.server;
  const std::vector<std::pair<AdminCaller, std::string>> callers{
      {AdminCaller::operator_, server.tenant.operator_key},
      {AdminCaller::admin, people.admin},
      {AdminCaller::admin, server.tenant.access_key},
      {AdminCaller::member, people.member},
      {AdminCaller::project_key, server.tenant.project_access_key},
      {AdminCaller::stranger, server.stranger.access_key},
      {AdminCaller::stranger, server.stranger.project_access_key},
  };
  for (const auto& route : cases_of(people))
    for (const auto& [caller, key] : callers) {
      if (route.action == AdminAction::erase_project && caller == AdminCaller::operator_) continue;
      const auto answer = people.ask(route.method, route.target, key, route.body);
      INFO(route.method << " " << route.target << " as "
                        << boost::describe::enum_to_string(caller, "") << "\n"
                        << answer.body);
      switch (admin_access(route.action, seen_as(route, caller))) {
        case AdminAccess::allowed:
          CHECK((answer.status == 200 || answer.status == 400));
          break;
        case AdminAccess::forbidden:
          CHECK(answer.status == 403);
          break;
        case AdminAccess::absent:
          CHECK(answer.status == 404);
      }
    }
}

TEST_CASE("the administration answers nobody without a good credential") {
  AdminPeople people;
  for (const auto& route : cases_of(people))
    for (const auto* key : {"", "mkk_unknown"})
      CHECK(people.ask(route.method, route.target, key, route.body).status == 401);
}

TEST_CASE("what belongs to somebody else answers exactly as what doesn't exist") {
  AdminPeople people;
  const auto& stranger = people.server.stranger.access_key;
  const std::string absent = "/orrery/v1/organizations/00000000-0000-4000-8000-000000000000";
  for (const auto* rest : {"", "/projects", "/members", "/keys", "/reservations"})
    CHECK(people.ask("GET", people.organization + rest, stranger).body ==
          people.ask("GET", absent + rest, stranger).body);
  const std::string absent_project = "/orrery/v1/projects/00000000-0000-4000-8000-000000000000";
  for (const auto* rest : {"", "/quota"})
    CHECK(people.ask("GET", people.project + rest, stranger).body ==
          people.ask("GET", absent_project + rest, stranger).body);
}
