#include "sim/world.hpp"

#include <catch2/catch.hpp>

#include "sim/run.hpp"

using namespace orrery;

namespace {

constexpr std::uint64_t step_count = 1'500;

/// One shard of the 200 seeds; several, so that they run in parallel.
void check_seeds(std::uint64_t first_seed, std::uint64_t seed_count) {
  run_worlds(first_seed, seed_count, step_count, [](const WorldReport& report) {
    INFO("repeat it with: orrery sim run --seed " << report.seed << " --steps " << step_count);
    for (const auto& violation : report.violations) {
      INFO(violation.checker << " at " << violation.position << ": " << violation.message);
      CHECK(false);
    }
    CHECK(report.operation_count > 0);
    return report.violations.empty();
  });
}

}  // namespace

TEST_CASE("no invariant breaks in the worlds of seeds 1 to 50", "[sim]") { check_seeds(1, 50); }
TEST_CASE("no invariant breaks in the worlds of seeds 51 to 100", "[sim]") { check_seeds(51, 50); }
TEST_CASE("no invariant breaks in the worlds of seeds 101 to 150", "[sim]") {
  check_seeds(101, 50);
}
TEST_CASE("no invariant breaks in the worlds of seeds 151 to 200", "[sim]") {
  check_seeds(151, 50);
}

TEST_CASE("the same seed ends in the same log, and another in another", "[sim]") {
  for (const std::uint64_t seed : {7, 8, 9}) {
    const auto first = World(seed, step_count).run();
    const auto second = World(seed, step_count).run();
    CHECK(first.hash == second.hash);
    CHECK(first.message_count == second.message_count);
    CHECK(first.crash_count == second.crash_count);
  }
  CHECK(World(7, step_count).run().hash != World(8, step_count).run().hash);
}
