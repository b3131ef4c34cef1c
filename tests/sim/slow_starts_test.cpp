#include "sim/slow_starts.hpp"

#include <catch2/catch.hpp>

using namespace orrery;

namespace {

const std::chrono::seconds usual{12};

std::chrono::microseconds delay_of(SlowStarts& slow, const std::string& node_id,
                                   std::uint64_t fence) {
  FleetEffects effects{{}, {{"v1", 1, usual}}};
  slow.apply(node_id, fence, effects);
  return effects.steps[0].delay;
}

}  // namespace

TEST_CASE("so many of a thousand starts are slow, the same ones each time") {
  SlowStarts slow(SimulatedDriverConfiguration{});
  slow.set_rate("titan", 250);
  int slow_count = 0;
  for (std::uint64_t fence = 1; fence <= 2'000; ++fence) {
    const auto delay = delay_of(slow, "titan-000001", fence);
    CHECK(delay == delay_of(slow, "titan-000001", fence));
    slow_count += delay > usual ? 1 : 0;
  }
  CHECK(slow_count > 425);
  CHECK(slow_count < 575);
  CHECK(delay_of(slow, "other-000001", 1) == usual);
  slow.set_rate("titan", 0);
  for (std::uint64_t fence = 1; fence <= 100; ++fence)
    CHECK(delay_of(slow, "titan-000001", fence) == usual);
}

TEST_CASE("the next start on a node can be slowed, and only that") {
  SlowStarts slow(SimulatedDriverConfiguration{});
  slow.slow_next("n1", std::chrono::seconds(30));
  CHECK(delay_of(slow, "n2", 1) == usual);
  CHECK(delay_of(slow, "n1", 1) == usual + std::chrono::seconds(30));
  CHECK(delay_of(slow, "n1", 2) == usual);
}
