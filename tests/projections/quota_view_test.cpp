#include "projections/quotas/quota_view.hpp"

#include <catch2/catch.hpp>

#include "tests/projections/history.hpp"

using namespace orrery;

TEST_CASE("a project's quotas and their use are seen together") {
  Told<QuotaView> story;
  ProjectLimits limits;
  limits.vms = 2;
  limits.disks = 1;
  limits.gpus["L40S-48GB"] = 4;
  story.tell("quota/p", QuotaSet{limits}).tell("quota/p", QuotaSet{limits});
  story.tell("operation/o1", create_of("v1", vm_of("p", "v1")));
  story.tell("disk/d1",
             DiskCreated{{"p", "data", DiskType::shared_volume, 100, "us-east1-a", 512}, "SN"});
  const auto quota = story.view.of("p");
  CHECK(quota.limits == limits);
  CHECK(quota.use == QuotaUse{{{"L40S-48GB", 2}}, 1, 1, 100});
  CHECK(quota.version == 2);
  CHECK_FALSE(story.view.check("p", {2, "L40S-48GB", 1, 0, 0}));
  CHECK(story.view.check("p", {3, "L40S-48GB", 1, 0, 0}) ==
        QuotaExceeded{"gpus.L40S-48GB", 4, 2, 3});
  CHECK(story.view.check("p", {0, "", 0, 1, 10}) == QuotaExceeded{"disks", 1, 1, 1});
}

TEST_CASE("a project without quotas may have anything") {
  const Told<QuotaView> story;
  CHECK(story.view.of("p").version == 0);
  CHECK_FALSE(story.view.check("p", {1'000'000, "L40S-48GB", 1'000'000, 1'000'000, 1'000'000}));
}
