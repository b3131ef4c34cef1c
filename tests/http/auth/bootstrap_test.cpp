#include "http/auth/bootstrap.hpp"

#include <catch2/catch.hpp>

#include "tests/http/mkinf/mkinf_server.hpp"

using namespace orrery;

namespace {

/// Processes append events of their own meanwhile: these are the bootstrap's.
std::size_t events_of_bootstrap(const MemoryEventLog& log) {
  std::size_t count = 0;
  const auto read = log.read(1, log.head(), [&](const StoredEvent& stored) {
    count += stored.actor == "operator/bootstrap" ? 1 : 0;
    return true;
  });
  REQUIRE(read.has_value());
  return count;
}

}  // namespace

TEST_CASE("bootstrapping again changes nothing and returns the same credentials") {
  MkinfServer server;
  const auto events = events_of_bootstrap(server.log);
  const auto again = *bootstrap(*server.gateway, *server.subject_keys, *server.passwords,
                                EdgeSecret{}, {"mkinf", "mkinf", "example@mkinf.io"});
  CHECK(events_of_bootstrap(server.log) == events);
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
