#include "drivers/gpu_duties.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

namespace {

struct GpuDutiesFixture {
  GpuDuties duties;
  Position position = 0;

  GpuDutiesFixture& event(Event event) {
    duties.apply(
        {++position, "gpu/n1:2", 1, Time{}, Origin{"test", 0, "request-1"}, std::move(event)});
    return *this;
  }
  std::vector<DriverMessage> due() {
    std::vector<DriverMessage> owed;
    duties.due(owed);
    return owed;
  }
  std::vector<DriverMessage> resumed() {
    std::string bytes;
    ByteWriter writer(bytes);
    duties.save(writer);
    GpuDuties other;
    ByteReader reader(bytes);
    other.load(reader);
    std::vector<DriverMessage> owed;
    other.resume(owed);
    return owed;
  }
};

}  // namespace

TEST_CASE("a GPU in repair is to be mended, and tested after that") {
  GpuDutiesFixture fixture;
  fixture.event(GpuFaulted{"XID 79"});
  CHECK(fixture.due().empty());
  fixture.event(GpuRepairStarted{});
  const auto mending = fixture.due();
  REQUIRE(mending.size() == 1);
  const auto& mend = std::get<MendGpu>(mending[0]);
  CHECK(mend.node_id == "n1");
  CHECK(mend.gpu_index == 2);
  CHECK(mend.number == 2);
  CHECK(mend.origin.causation == 2);
  CHECK(mend.origin.correlation == "request-1");
  CHECK(fixture.due().empty());
  fixture.event(GpuVerificationStarted{});
  const auto testing = fixture.due();
  REQUIRE(testing.size() == 1);
  CHECK(std::get<VerifyGpu>(testing[0]).number == 3);
}

TEST_CASE("what is under way is told again after a restart, with its number") {
  GpuDutiesFixture fixture;
  fixture.event(GpuFaulted{"XID 79"}).event(GpuRepairStarted{});
  REQUIRE(fixture.resumed().size() == 1);
  CHECK(std::get<MendGpu>(fixture.resumed()[0]).number == 2);
  fixture.event(GpuVerificationStarted{});
  REQUIRE(fixture.resumed().size() == 1);
  CHECK(std::get<VerifyGpu>(fixture.resumed()[0]).number == 3);
}

TEST_CASE("a GPU that is back, broken anew, or failed its test owes the driver nothing") {
  for (const Event& end : {Event{GpuRepaired{}}, Event{GpuFaulted{"XID 48"}},
                           Event{GpuVerificationFailed{"XID 79"}}}) {
    GpuDutiesFixture fixture;
    fixture.event(GpuFaulted{"XID 79"}).event(GpuRepairStarted{}).event(GpuVerificationStarted{});
    fixture.event(end);
    CHECK(fixture.due().empty());
    CHECK(fixture.resumed().empty());
  }
}
