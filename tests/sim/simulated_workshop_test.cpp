#include "sim/simulated_workshop.hpp"

#include <catch2/catch.hpp>

#include "actors/gpu/gpu.hpp"

using namespace orrery;

namespace {

const MendGpu mend{"n1", 2, 10, {"driver", 10, "r1"}};
const VerifyGpu verify{"n1", 2, 11, {"driver", 11, "r1"}};

SimulatedDriverConfiguration configured(std::uint32_t failures_permille) {
  SimulatedDriverConfiguration configuration;
  configuration.time_scale = 60;
  configuration.verification_failures_permille = failures_permille;
  return configuration;
}

template <class Command>
const Command& only(const FleetEffects& effects) {
  REQUIRE(effects.reports.size() == 1);
  const auto& to = std::get<To<Gpu>>(effects.reports.front().command);
  CHECK(to.id == "n1:2");
  return std::get<Command>(to.command);
}

}  // namespace

TEST_CASE("a GPU is repaired, then tested, and back") {
  SimulatedWorkshop workshop(configured(0));
  const auto mending = workshop.mend(mend);
  REQUIRE(mending.steps.size() == 1);
  CHECK(mending.steps[0].id == "gpu/n1:2");
  CHECK(mending.steps[0].delay >= std::chrono::seconds(10));
  CHECK(workshop.node_of("gpu/n1:2") == "n1");
  const auto mended = workshop.step_over("gpu/n1:2", mending.steps[0].number);
  only<Gpu::BeginVerification>(mended);
  CHECK(mended.reports[0].origin.causation == 10);
  const auto testing = workshop.verify(verify);
  CHECK(testing.steps.at(0).delay == std::chrono::seconds(5));
  only<Gpu::ReportRepaired>(workshop.step_over("gpu/n1:2", testing.steps[0].number));
  CHECK_FALSE(workshop.is_known("gpu/n1:2"));
}

TEST_CASE("a test may say that the GPU must be repaired once more") {
  SimulatedWorkshop workshop(configured(1'000));
  const auto testing = workshop.verify(verify);
  CHECK_FALSE(only<Gpu::ReportVerificationFailed>(
                  workshop.step_over("gpu/n1:2", testing.steps.at(0).number))
                  .reason.empty());
}

TEST_CASE(
    "work that is told twice is done once, and what comes late of an earlier one not at all") {
  SimulatedWorkshop workshop(configured(0));
  const auto mending = workshop.mend(mend);
  CHECK(workshop.mend(mend).steps.empty());
  const auto testing = workshop.verify(verify);
  CHECK(workshop.step_over("gpu/n1:2", mending.steps[0].number).reports.empty());
  CHECK(workshop.mend(mend).steps.empty());
  only<Gpu::ReportRepaired>(workshop.step_over("gpu/n1:2", testing.steps[0].number));
}

TEST_CASE("a test that was under way when the GPU broke anew says nothing of it") {
  SimulatedWorkshop workshop(configured(0));
  const auto testing = workshop.verify(verify);
  workshop.interrupt("n1:2");
  CHECK(workshop.step_over("gpu/n1:2", testing.steps.at(0).number).reports.empty());
  CHECK(workshop.finish_step("gpu/n1:2").reports.empty());
  CHECK(workshop.verify(verify).steps.empty());  // Told once more.
  auto again = verify;
  again.number += 2;
  const auto tested = workshop.verify(again);
  only<Gpu::ReportRepaired>(workshop.step_over("gpu/n1:2", tested.steps.at(0).number));
}

TEST_CASE("after a restart the same work takes as long as before") {
  SimulatedWorkshop before(configured(500));
  SimulatedWorkshop after(configured(500));
  after.mend({"n2", 0, 3, {}});
  CHECK(before.mend(mend).steps[0].delay == after.mend(mend).steps[0].delay);
}
