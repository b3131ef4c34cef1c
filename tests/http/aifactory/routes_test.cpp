#include <algorithm>

#include <catch2/catch.hpp>

#include "http/aifactory/routes.hpp"
#include "http/server/router.hpp"
#include "tests/http/openapi/openapi_document.hpp"

using namespace orrery;

TEST_CASE("routes and the AI-factory document agree, both ways") {
  Router router;
  add_aifactory_routes(router, {});
  std::vector<std::string> served;
  for (const auto& route : router.routes())
    served.push_back(std::string(to_string(route.method)) + " " + route.pattern);
  // What FastAPI leaves out of its own documents.
  for (const auto* const page : {"GET /docs", "GET /redoc", "GET /openapi.json"})
    CHECK(std::erase(served, page) == 1);
  std::sort(served.begin(), served.end());
  CHECK(served == OpenApiDocument("http/aifactory/openapi.json").routes());
}
