#include "http/history/timeless_routes.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

TEST_CASE("what isn't in the log has no past, and says why") {
  CHECK(why_timeless("/metrics") != "");
  CHECK(why_timeless("/api/v1/services/{service_id}/logs") != "");
  CHECK(why_timeless("/orrery/v1/center/files/{path...}").starts_with("Files"));
  CHECK(why_timeless("/api/v1/services/{service_id}") == "");
  CHECK(why_timeless("/v0.1/projects/{project_id}/vms") == "");
  CHECK(why_timeless("") == "");
}
