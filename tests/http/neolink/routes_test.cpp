#include <algorithm>

#include <catch2/catch.hpp>

#include "http/neolink/routes.hpp"
#include "http/server/router.hpp"
#include "tests/http/openapi/openapi_document.hpp"

using namespace orrery;

TEST_CASE("routes and the NeoLink document agree, both ways") {
  Router router;
  add_neolink_routes(router, {});
  std::vector<std::string> served;
  for (const auto& route : router.routes())
    served.push_back(std::string(to_string(route.method)) + " " + route.pattern);
  std::sort(served.begin(), served.end());
  CHECK(served == OpenApiDocument("http/neolink/openapi.json").routes());
}
