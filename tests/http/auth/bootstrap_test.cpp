#include "http/auth/bootstrap.hpp"

#include <catch2/catch.hpp>

#include "tests/http/mkinf/mkinf_server.hpp"

using namespace orrery;

TEST_CASE("bootstrapping again changes nothing and returns the same credentials") {
  MkinfServer server;
  const auto head = server.log.head();
  const auto again = *bootstrap(*server.gateway, *server.subject_keys, *server.passwords,
                                EdgeSecret{}, {"mkinf", "mkinf", "example@mkinf.io"});
  CHECK(server.log.head() == head);
  CHECK(again.password == server.tenant.password);
  CHECK(again.access_key == server.tenant.access_key);
  CHECK(again.project_access_key == server.tenant.project_access_key);
  CHECK(again.operator_key == server.tenant.operator_key);
  CHECK(again.organization_id == server.tenant.organization_id);
  CHECK(again.project_id == server.tenant.project_id);
}

TEST_CASE("a bootstrap that cannot be stored says what and why") {
  MkinfServer server;
  server.log.set_fate([] { return CommitFate::disk_full; });
  const auto failed = bootstrap(*server.gateway, *server.subject_keys, *server.passwords,
                                EdgeSecret{}, {"new", "new", "new@example.org"});
  REQUIRE(failed.has_error());
  CHECK_THAT(failed.error().message, Catch::Matches("organization/[0-9a-f-]{36}: .+"));
}
