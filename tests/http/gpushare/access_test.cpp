#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "http/gpushare/access.hpp"
#include "http/gpushare/routes.hpp"
#include "http/server/router.hpp"
#include "tests/http/openapi/openapi_document.hpp"

using namespace orrery;
using namespace orrery::gpushare;

namespace {

/// + allowed, ? unauthenticated, ! forbidden, - absent.
char letter(Access access) {
  switch (access) {
    case Access::allowed:
      return '+';
    case Access::unauthenticated:
      return '?';
    case Access::forbidden:
      return '!';
    case Access::absent:
      return '-';
  }
  return ' ';
}

/// Anonymous; then a user, a provider and an admin, each with his own things and others'.
std::string cells(Operation operation) {
  std::string row{letter(access_to(operation, Standing::anonymous, Whose::others))};
  for (const auto standing : {Standing::user, Standing::gpu_provider, Standing::admin})
    for (const auto whose : {Whose::own, Whose::others})
      row += letter(access_to(operation, standing, whose));
  return row;
}

struct Row {
  std::string_view asked;
  std::string_view cells;
};

/// As docs/api/gpushare.md tells it.
constexpr std::array<Row, 30> rows{{
    {"POST /client/google-auth/", "+++++++"},
    {"GET /client/list/", "?+-+-++"},
    {"POST /client/list/", "?!!!!++"},
    {"GET /client/list/{id}/", "?+-+-++"},
    {"PUT /client/list/{id}/", "?+-+-++"},
    {"PATCH /client/list/{id}/", "?+-+-++"},
    {"DELETE /client/list/{id}/", "?+-+-++"},
    {"POST /client/login/", "+++++++"},
    {"POST /client/logout/", "+++++++"},
    {"POST /client/password-reset/", "+++++++"},
    {"POST /client/register/", "+++++++"},
    {"POST /client/reset-password/{uidb64}/{token}/", "+++++++"},
    {"GET /gpu/list/", "?+-+-++"},
    {"POST /gpu/list/", "?+-+-++"},
    {"GET /gpu/list/{id}/", "?+-+-++"},
    {"PUT /gpu/list/{id}/", "?+-+-++"},
    {"PATCH /gpu/list/{id}/", "?+-+-++"},
    {"DELETE /gpu/list/{id}/", "?+-+-++"},
    {"GET /inference/", "?+-+-++"},
    {"POST /inference/", "?+-+-++"},
    {"POST /inference/stream/", "?+-+-++"},
    {"GET /inference/{id}/", "?+-+-++"},
    {"PUT /inference/{id}/", "?+-+-++"},
    {"PATCH /inference/{id}/", "?+-+-++"},
    {"DELETE /inference/{id}/", "?+-+-++"},
    {"GET /llm_models/all-models/", "?++++++"},
    {"DELETE /llm_models/deregister/", "+++++++"},
    {"POST /llm_models/heartbeat/", "+++++++"},
    {"POST /llm_models/register/", "?+-+-++"},
    {"GET /client/reset-password/{uidb64}/{token}/", "+++++++"},
}};

std::string asked(const OperationRoute& route) {
  return std::string(to_string(route.method)) + " " + std::string(route.path);
}

/// A client of this standing with the id "1".
Caller caller(Standing standing) {
  if (standing == Standing::anonymous) return {};
  MarketClient client;
  client.id = "1";
  client.role = standing == Standing::admin          ? ClientRole::admin
                : standing == Standing::gpu_provider ? ClientRole::gpu_provider
                                                     : ClientRole::user;
  return {std::make_shared<const MarketClient>(client), {}};
}

constexpr std::array standings{Standing::anonymous, Standing::user, Standing::gpu_provider,
                               Standing::admin};

}  // namespace

TEST_CASE("who may do what in the marketplace, cell by cell") {
  REQUIRE(operation_routes().size() == rows.size());
  for (const auto& row : rows) {
    const auto routes = operation_routes();
    const auto found = std::find_if(routes.begin(), routes.end(),
                                    [&](const auto& route) { return asked(route) == row.asked; });
    INFO(row.asked);
    REQUIRE(found != routes.end());
    CHECK(cells(found->operation) == row.cells);
    CHECK(&route_of(found->operation) == &*found);
  }
}

TEST_CASE("only admins set roles, and only its owner sees a token") {
  for (const auto standing : standings)
    for (const auto whose : {Whose::own, Whose::others}) {
      CHECK(may(Privilege::set_role, standing, whose) == (standing == Standing::admin));
      CHECK(may(Privilege::see_token, standing, whose) ==
            (standing != Standing::anonymous && whose == Whose::own));
    }
}

TEST_CASE("what is a client's own is what has his id") {
  for (const auto standing : standings) {
    const auto who = caller(standing);
    CHECK(who.standing() == standing);
    for (const auto& route : operation_routes()) {
      CHECK(access_to(route.operation, who, "1") ==
            access_to(route.operation, standing, who.is_anonymous() ? Whose::others : Whose::own));
      CHECK(access_to(route.operation, who, "2") ==
            access_to(route.operation, standing, Whose::others));
    }
    CHECK(may(Privilege::see_token, who, "1") == !who.is_anonymous());
    CHECK_FALSE(may(Privilege::see_token, who, "2"));
  }
}

TEST_CASE("routes, the table of who may do what, and the GPU-sharing document agree") {
  Router router;
  add_gpushare_routes(router, {});
  std::vector<std::string> served;
  for (const auto& route : router.routes())
    served.push_back(std::string(to_string(route.method)) + " " + route.pattern);
  std::vector<std::string> known;
  for (const auto& route : operation_routes()) known.push_back(asked(route));
  std::sort(served.begin(), served.end());
  std::sort(known.begin(), known.end());
  CHECK(served == known);
  CHECK(served == OpenApiDocument("http/gpushare/openapi.json").routes());
}
