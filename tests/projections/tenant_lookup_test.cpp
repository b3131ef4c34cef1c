#include "projections/tenants/tenant_lookup.hpp"

#include <catch2/catch.hpp>

#include "events/codec.hpp"
#include "events/folds/event_tenant.hpp"
#include "storage/memory/memory_event_log.hpp"
#include "tests/projections/history.hpp"

using namespace orrery;

namespace {

/// A log that is written by hand.
struct Chronicle {
  RecordedEvent happened(const std::string& stream, const Event& event) {
    std::string payload;
    encode(event, payload);
    Append append;
    append.stream = stream;
    append.expected_version = log.version_of(stream);
    append.events = {{tag_of(event), version_of(event), payload}};
    const auto appended = log.commit(std::span(&append, 1), Time{}).front().value();
    return {appended.first_position, stream, appended.version, Time{}, {}, event};
  }
  std::string tenant_of(const std::string& stream, const Event& event) {
    return tenants.tenant_of(happened(stream, event));
  }

  MemoryEventLog log;
  TenantLookup tenants{log};
};

LeaseRequested lease_for(std::string holder) {
  LeaseRequested request;
  request.holder = std::move(holder);
  return request;
}

OperationStarted operation_of(std::string project) {
  OperationStarted started;
  started.project_id = std::move(project);
  return started;
}

}  // namespace

TEST_CASE("a VM, its operation, its lease and the claims of its GPUs are its project's") {
  Chronicle log;
  CHECK(log.tenant_of("operation/o", operation_of("p")) == "project/p");
  CHECK(log.tenant_of("operation/o", OperationSucceeded{}) == "project/p");
  CHECK(log.tenant_of("vm/v", vm_of("p", "one")) == "project/p");
  CHECK(log.tenant_of("vm/v", VmStarted{}) == "project/p");
  CHECK(log.tenant_of("lease/l", lease_for("vm/v")) == "project/p");
  CHECK(log.tenant_of("lease/l", LeaseQueued{}) == "project/p");
  CHECK(log.tenant_of("gpu/g", GpuClaimed{"l", 1}) == "project/p");
  CHECK(log.tenant_of("gpu/g", GpuReleased{"l"}) == "project/p");
  CHECK(log.tenant_of("quota/p", QuotaSet{}) == "project/p");
  CHECK(log.tenant_of("project/p", ProjectRenamed{}) == "project/p");
}

TEST_CASE("what happens to machines is nobody's") {
  Chronicle log;
  CHECK(log.tenant_of("gpu/g", GpuRegistered{}).empty());
  CHECK(log.tenant_of("gpu/g", GpuFaulted{}).empty());
  CHECK(log.tenant_of("node/n", NodeCordoned{}).empty());
  CHECK(log.tenant_of("lease/l", lease_for("service/7")).empty());
  CHECK(log.tenant_of("gpu/g", GpuClaimed{"nowhere", 1}).empty());
}

TEST_CASE("namespaces, clients and center users have their own") {
  Chronicle log;
  InstanceRequested instance;
  instance.specification = specification_of("w", "one");
  CHECK(log.tenant_of("instance/i", instance) == "namespace/w");
  CHECK(log.tenant_of("instance/i", InstanceStarted{}) == "namespace/w");
  CHECK(log.tenant_of("wallet/w", order_of("i")) == "namespace/w");
  CHECK(log.tenant_of("volume/x", VolumeCreated{"w", "c", 5}) == "namespace/w");
  AccessKeyIssued key;
  key.scope = KeyScope::namespace_;
  key.scope_id = "w";
  CHECK(log.tenant_of("token/t", key) == "namespace/w");
  CHECK(log.tenant_of("token/t", TokenRevoked{}) == "namespace/w");
  CHECK(log.tenant_of("client/7", ClientErased{}) == "client/7");
  CHECK(log.tenant_of("handle/h", HandleClaimed{"7"}) == "client/7");
  JobSubmitted job;
  job.specification.user = "kim";
  CHECK(log.tenant_of("job/1000", job) == "center_user/kim");
  CHECK(log.tenant_of("lease/job-1000.1.0", lease_for("job/1000")) == "center_user/kim");
}

TEST_CASE("who looks later finds the same in the log") {
  Chronicle log;
  log.happened("vm/v", vm_of("p", "one"));
  log.happened("lease/l", lease_for("vm/v"));
  const auto claimed = log.happened("gpu/g", GpuClaimed{"l", 1});
  TenantLookup fresh(log.log);
  CHECK(fresh.tenant_of(claimed) == "project/p");
}

TEST_CASE("a lease that is held by a lease that is held by it is nobody's") {
  Chronicle log;
  log.happened("lease/a", lease_for("lease/b"));
  CHECK(log.tenant_of("lease/b", lease_for("lease/a")).empty());
}

TEST_CASE("a tenant is named by its id, or with its kind") {
  CHECK(is_tenant("project/7", "7"));
  CHECK(is_tenant("project/7", "project/7"));
  CHECK_FALSE(is_tenant("project/7", "client/7"));
  CHECK_FALSE(is_tenant("", ""));
}
