#include <catch2/catch.hpp>

#include "actors/gpu/gpu.hpp"
#include "tests/support/given.hpp"
#include "tests/support/state_table.hpp"

using namespace orrery;

namespace {

const GpuRegistered description{"node-7", 3, "L40S-48GB"};

Given<Gpu> unleased() { return given<Gpu>({description}); }
Given<Gpu> leased() { return unleased().then({GpuClaimed{"lease-1", 42}}); }
Given<Gpu> released() { return leased().then({GpuReleased{"lease-1"}}); }
Given<Gpu> faulty() { return released().then({GpuFaulted{"ECC"}}); }
Given<Gpu> in_repair() { return faulty().then({GpuRepairStarted{}}); }
Given<Gpu> in_verification() { return in_repair().then({GpuVerificationStarted{}}); }
Given<Gpu> leased_and_faulty() { return leased().then({GpuFaulted{"ECC"}}); }

}  // namespace

TEST_CASE("a GPU is registered once") {
  CHECK(given<Gpu>({}).when(Gpu::Register{description}).value() == decided<Gpu>({description}));
  CHECK(leased().when(Gpu::Register{description}).value().empty());
  CHECK(leased().when(Gpu::Register{{"node-7", 3, "A40-48GB"}}).error() ==
        Gpu::Rejection::gpu_is_registered_differently);
  CHECK(given<Gpu>({}).when(Gpu::Claim{"lease-1", 1}).error() ==
        Gpu::Rejection::gpu_is_not_registered);
}

TEST_CASE("a GPU has one lease at a time") {
  CHECK(unleased().when(Gpu::Claim{"lease-1", 42}).value() ==
        decided<Gpu>({GpuClaimed{"lease-1", 42}}));
  CHECK(leased().when(Gpu::Claim{"lease-1", 42}).value().empty());
  CHECK(leased().when(Gpu::Claim{"lease-2", 43}).error() == Gpu::Rejection::gpu_has_another_lease);
}

TEST_CASE("a claim that comes late, after its lease has ended, is stale") {
  CHECK(released().when(Gpu::Claim{"lease-1", 42}).error() == Gpu::Rejection::fence_is_stale);
  CHECK(released().when(Gpu::Claim{"lease-2", 41}).error() == Gpu::Rejection::fence_is_stale);
  CHECK(released().when(Gpu::Claim{"lease-2", 43}).value() ==
        decided<Gpu>({GpuClaimed{"lease-2", 43}}));
}

TEST_CASE("a GPU is given back by its own lease only") {
  CHECK(leased().when(Gpu::Release{"lease-1"}).value() == decided<Gpu>({GpuReleased{"lease-1"}}));
  CHECK(leased().when(Gpu::Release{"lease-2"}).value().empty());
  CHECK(released().when(Gpu::Release{"lease-1"}).value().empty());
}

TEST_CASE("a faulty GPU keeps its lease and takes no other until it is repaired") {
  CHECK(faulty().when(Gpu::Claim{"lease-2", 43}).error() == Gpu::Rejection::gpu_is_faulty);
  CHECK(leased_and_faulty().when(Gpu::Claim{"lease-1", 42}).value().empty());
  CHECK(faulty().then({GpuRepaired{}}).when(Gpu::Claim{"lease-2", 43}).value().size() == 1);
}

TEST_CASE("a faulty GPU comes back by repair and verification") {
  CHECK(leased_and_faulty().when(Gpu::BeginRepair{}).error() == Gpu::Rejection::gpu_has_a_lease);
  CHECK(unleased().when(Gpu::BeginRepair{}).error() == Gpu::Rejection::gpu_is_not_in_repair);
  CHECK(faulty().when(Gpu::BeginVerification{}).error() == Gpu::Rejection::gpu_is_not_in_repair);
  CHECK(faulty().when(Gpu::BeginRepair{}).value() == decided<Gpu>({GpuRepairStarted{}}));
  CHECK(in_repair().when(Gpu::BeginVerification{}).value() ==
        decided<Gpu>({GpuVerificationStarted{}}));
  CHECK(in_verification().when(Gpu::Claim{"lease-2", 43}).error() == Gpu::Rejection::gpu_is_faulty);
  CHECK(in_verification().when(Gpu::ReportVerificationFailed{"ECC"}).value() ==
        decided<Gpu>({GpuVerificationFailed{"ECC"}}));
  CHECK(in_verification().then({GpuVerificationFailed{"ECC"}}).state == faulty().state);
  CHECK(in_verification().then({GpuRepaired{}}).state == released().state);
  CHECK(in_repair().when(Gpu::ReportFault{"XID 79"}).value() ==
        decided<Gpu>({GpuFaulted{"XID 79"}}));
}

TEST_CASE("every state of a GPU answers every command as the table says", "[golden]") {
  check_state_table<Gpu>({
      {{"absent", {}},
       {"unleased", unleased().state},
       {"leased (lease-1, fence 42)", leased().state},
       {"released (fence 42)", released().state},
       {"faulty", faulty().state},
       {"leased and faulty", leased_and_faulty().state},
       {"in repair", in_repair().state},
       {"in verification", in_verification().state}},
      {{"register", Gpu::Register{description}},
       {"register, differently", Gpu::Register{{"node-7", 3, "A40-48GB"}}},
       {"claim (lease-1, fence 42)", Gpu::Claim{"lease-1", 42}},
       {"claim (lease-1, fence 43)", Gpu::Claim{"lease-1", 43}},
       {"claim (lease-2, fence 41)", Gpu::Claim{"lease-2", 41}},
       {"claim (lease-2, fence 43)", Gpu::Claim{"lease-2", 43}},
       {"release (lease-1)", Gpu::Release{"lease-1"}},
       {"release (lease-2)", Gpu::Release{"lease-2"}},
       {"report fault", Gpu::ReportFault{"ECC"}},
       {"begin repair", Gpu::BeginRepair{}},
       {"begin verification", Gpu::BeginVerification{}},
       {"report verification failed", Gpu::ReportVerificationFailed{"ECC"}},
       {"report repaired", Gpu::ReportRepaired{}}},
  });
}
