#include <catch2/catch.hpp>

#include "http/server/router.hpp"

using namespace orrery;

namespace {

const Handler nothing = [](const Request&, Responder) {};

struct Found {
  Router::Match match;
  std::vector<std::string_view> parameters;
};

Found find(const Router& router, Method method, std::string_view path) {
  Found found;
  found.match = router.match(method, path, found.parameters);
  return found;
}

Router vm_router() {
  Router router;
  router.add(Method::get, "/v/{project}/vms/{vm}", nothing);
  router.add(Method::delete_, "/v/{project}/vms/{vm}", nothing);
  router.add(Method::get, "/v/{project}/vms/operations", nothing);
  router.add(Method::get, "/v/{project}/vms/operations/{operation}", nothing);
  router.add(Method::post, "/v/{project}/vms/{vm}/stop", nothing);
  router.add(Method::get, "/documents/{name}.json", nothing);
  router.add(Method::get, "/", nothing);
  return router;
}

}  // namespace

TEST_CASE("literal segments go before placeholders, which fill whole segments") {
  const auto router = vm_router();
  const auto vm = find(router, Method::delete_, "/v/p1/vms/operation");
  CHECK(vm.match.route == 1);
  CHECK(vm.parameters == std::vector<std::string_view>{"p1", "operation"});
  CHECK(find(router, Method::get, "/v/p1/vms/operations").match.route == 2);
  CHECK(find(router, Method::get, "/v/p1/vms/operations/o").match.route == 3);
  CHECK(find(router, Method::get, "/").match.route == 6);
}

TEST_CASE("a literal that leads nowhere gives way to a placeholder") {
  const auto found = find(vm_router(), Method::post, "/v/p1/vms/operations/stop");
  CHECK(found.match.status == 405);  // It is the operation named "stop".
  Router router;
  router.add(Method::get, "/a/b/c", nothing);
  router.add(Method::get, "/a/{x}/d", nothing);
  const auto other = find(router, Method::get, "/a/b/d");
  CHECK(other.match.route == 1);
  CHECK(other.parameters == std::vector<std::string_view>{"b"});
}

TEST_CASE("a placeholder may have a suffix, and is never empty") {
  const auto router = vm_router();
  CHECK(find(router, Method::get, "/documents/a.b.json").parameters ==
        std::vector<std::string_view>{"a.b"});
  for (const auto* path : {"/documents/.json", "/documents/a.yaml", "/documents/", "/v//vms/1",
                           "/v/p1/vms/", "/v/p1/vms/1/", "/v", "//", "v/p1/vms/1"})
    CHECK(find(router, Method::get, path).match.status == 404);
}

TEST_CASE("the longest prefix is responsible") {
  Router router;
  int asked = 0;
  router.fallback("", [&](const Request&, Responder) { asked = 1; });
  router.fallback("/v0.1", [&](const Request&, Responder) { asked = 2; });
  const auto ask = [&](std::string_view path) {
    (*router.fallback_of(path))(Request{}, Responder(nullptr));
    return asked;
  };
  CHECK(ask("/v0.1/x") == 2);
  CHECK(ask("/v0.1") == 2);
  CHECK(ask("/v0.11") == 1);
  CHECK(ask("") == 1);
  CHECK(Router().fallback_of("/x") == nullptr);
}

TEST_CASE("a route that is added twice, or is none, is our own bug") {
  Router router;
  router.add(Method::get, "/a/{x}", nothing);
  CHECK_THROWS(router.add(Method::get, "/a/{y}", nothing));
  CHECK_THROWS(router.add(Method::get, "a", nothing));
  CHECK(router.routes().size() == 1);
}

TEST_CASE("a tail takes all that is left of a path, where nothing else does") {
  Router router;
  router.add(Method::get, "/files", nothing);
  router.add(Method::get, "/files/{path...}", nothing);
  router.add(Method::put, "/files/{path...}", nothing);
  router.add(Method::get, "/files/special/{name}", nothing);
  CHECK(find(router, Method::get, "/files").match.route == 0);
  const auto deep = find(router, Method::put, "/files/a/b/c");
  CHECK(deep.match.route == 2);
  CHECK(deep.parameters == std::vector<std::string_view>{"a/b/c"});
  CHECK(find(router, Method::get, "/files/special/a").match.route == 3);
  CHECK(find(router, Method::get, "/files/special/a/b").parameters ==
        std::vector<std::string_view>{"special/a/b"});
  CHECK(find(router, Method::post, "/files/a").match.status == 405);
  CHECK(find(router, Method::get, "/files/").match.status == 404);
  CHECK_THROWS_AS(router.add(Method::get, "/files/{path...}/x", nothing), std::logic_error);
}
