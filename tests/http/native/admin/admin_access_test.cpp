#include "http/native/admin/admin_access.hpp"

#include <boost/mp11/algorithm.hpp>
#include <catch2/catch.hpp>

#include "tests/http/native/admin/namespace_people.hpp"
#include "tests/support/golden.hpp"

using namespace orrery;

TEST_CASE("who may do what in the administration is what the table says", "[golden]") {
  namespace describe = boost::describe;
  std::string table = fmt::format("{:24}", "");
  const auto each = [](auto enumeration, const auto& visit) {
    boost::mp11::mp_for_each<describe::describe_enumerators<decltype(enumeration)>>(visit);
  };
  each(AdminCaller{}, [&](auto caller) { table += fmt::format("{:>15}", caller.name); });
  each(AdminAction{}, [&](auto action) {
    table += fmt::format("\n{:24}", action.name);
    each(AdminCaller{}, [&](auto caller) {
      const auto access = admin_access(action.value, caller.value);
      table += fmt::format("{:>15}", describe::enum_to_string(access, ""));
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

std::vector<RouteCase> cases_of(const NamespacePeople& people) {
  const auto& organization = people.organization;
  const auto& project = people.project;
  const auto& own = people.own;
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
      {"POST", "/orrery/v1/namespaces", A::open_namespace, R"({"id":"NO"})"},
      {"GET", own, A::see_namespace, ""},
      {"GET", own + "/bill", A::see_namespace, ""},
      {"GET", own + "/orders", A::see_namespace, ""},
      {"GET", own + "/coupons", A::see_namespace, ""},
      {"GET", own + "/volumes", A::see_namespace, ""},
      {"GET", own + "/images", A::see_namespace, ""},
      {"GET", own + "/tokens", A::see_tokens, ""},
      {"GET", own + "/tokens/absent", A::see_tokens, ""},
      {"POST", own + "/tokens", A::change_tokens},
      {"DELETE", own + "/tokens/absent", A::change_tokens, ""},
      {"POST", own + "/tokens/absent/regenerate", A::change_tokens},
      {"POST", own + "/top-ups", A::pay_in},
      {"POST", own + "/coupons", A::pay_in},
      {"DELETE", own + "/volumes/absent", A::delete_stored, ""},
      {"DELETE", own + "/images/absent", A::delete_stored, ""},
      {"GET", "/orrery/v1/catalog", A::see_catalog, ""},
      {"PUT", "/orrery/v1/catalog", A::change_catalog},
  };
}

/// Somebody, and what he is to the organization and to the namespace of the requests.
struct Somebody {
  AdminCaller in_organization;
  AdminCaller in_namespace;
  std::string key;
};

/// Of a request about the whole server, everybody but an operator is a stranger.
AdminCaller seen_as(const RouteCase& route, const Somebody& somebody) {
  const bool of_organization = route.target.find("/organizations/") != std::string::npos ||
                               route.target.find("/projects/") != std::string::npos;
  if (route.target.find("/namespaces/") != std::string::npos) return somebody.in_namespace;
  const bool is_operator = somebody.in_organization == AdminCaller::operator_;
  return of_organization || is_operator ? somebody.in_organization : AdminCaller::stranger;
}

}  // namespace

TEST_CASE("every route of the administration lets in whom the table lets in, cell by cell") {
  NamespacePeople people;
  const auto& server = people.server;
  using C = AdminCaller;
  const std::vector<Somebody> everybody{
      {C::operator_, C::operator_, server.tenant.operator_key},
      {C::admin, C::stranger, people.admin},
      {C::admin, C::stranger, server.tenant.access_key},
      {C::member, C::owner, people.owner},
      {C::project_key, C::stranger, server.tenant.project_access_key},
      {C::stranger, C::namespace_key, people.token},
      {C::stranger, C::stranger, people.other_token},
      {C::stranger, C::stranger, server.stranger.access_key},
      {C::stranger, C::stranger, server.stranger.project_access_key},
  };
  for (const auto& route : cases_of(people))
    for (const auto& somebody : everybody) {
      const auto caller = seen_as(route, somebody);
      if (route.action == AdminAction::erase_project && caller == C::operator_) continue;
      const auto answer = people.ask(route.method, route.target, somebody.key, route.body);
      INFO(route.method << " " << route.target << " as "
                        << boost::describe::enum_to_string(caller, "") << "\n"
                        << answer.body);
      // What is absent within one's own is told from what is somebody else's by the message.
      const bool is_let_in =
          answer.status == 200 || answer.status == 400 ||
          (answer.status == 404 && route.target.find("/absent") != std::string::npos &&
           answer.body.find("namespace not found") == std::string::npos);
      switch (admin_access(route.action, caller)) {
        case AdminAccess::allowed:
          CHECK(is_let_in);
          break;
        case AdminAccess::forbidden:
          CHECK(answer.status == 403);
          break;
        case AdminAccess::absent:
          CHECK(answer.status == 404);
          CHECK_FALSE(is_let_in);
      }
    }
}

TEST_CASE("the administration answers nobody without a good credential") {
  NamespacePeople people;
  for (const auto& route : cases_of(people))
    for (const auto* key : {"", "mkk_unknown"})
      CHECK(people.ask(route.method, route.target, key, route.body).status == 401);
}

TEST_CASE("what belongs to somebody else answers exactly as what doesn't exist") {
  NamespacePeople people;
  const auto& stranger = people.server.stranger.access_key;
  const std::string absent = "/orrery/v1/organizations/00000000-0000-4000-8000-000000000000";
  for (const auto* rest : {"", "/projects", "/members", "/keys", "/reservations"})
    CHECK(people.ask("GET", people.organization + rest, stranger).body ==
          people.ask("GET", absent + rest, stranger).body);
  const std::string absent_project = "/orrery/v1/projects/00000000-0000-4000-8000-000000000000";
  for (const auto* rest : {"", "/quota"})
    CHECK(people.ask("GET", people.project + rest, stranger).body ==
          people.ask("GET", absent_project + rest, stranger).body);
  for (const auto* rest : {"", "/bill", "/orders", "/tokens", "/volumes", "/images", "/coupons"})
    for (const auto& key : {stranger, people.other_token, people.admin})
      CHECK(people.ask("GET", people.own + rest, key).body ==
            people.ask("GET", std::string("/orrery/v1/namespaces/absent") + rest, key).body);
}
