#include <algorithm>

#include <catch2/catch.hpp>

#include "http/crusoe/routes.hpp"
#include "http/mkinf/routes.hpp"
#include "http/server/router.hpp"
#include "tests/http/openapi/openapi_document.hpp"

using namespace orrery;

namespace {

std::vector<std::string> served_by(const Router& router) {
  std::vector<std::string> served;
  for (const auto& route : router.routes())
    served.push_back(std::string(to_string(route.method)) + " " + route.pattern);
  std::sort(served.begin(), served.end());
  return served;
}

}  // namespace

TEST_CASE("routes and the mkinf document agree, both ways") {
  Router router;
  add_mkinf_routes(router, {});
  CHECK(served_by(router) == OpenApiDocument("http/mkinf/openapi.json").routes());
}

TEST_CASE("routes and the Crusoe document agree, both ways") {
  Router router;
  add_crusoe_routes(router, {});
  CHECK(served_by(router) == OpenApiDocument("http/crusoe/openapi.json").routes());
}
