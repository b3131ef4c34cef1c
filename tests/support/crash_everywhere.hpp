#pragma once

#include <cstddef>

#include <catch2/catch.hpp>

#include "tests/support/rule_world.hpp"

namespace orrery {

/// Crashes the world after every event of its log: what the tailers then owe doesn't depend on
/// snapshots, and everything still comes to rest.
template <class... Tailers, class CheckAtRest>
void crash_everywhere(const RuleWorld& world, CheckAtRest check_at_rest) {
  const auto owed = [&](std::size_t count, std::size_t saved) {
    return (command_text(world.owed_by<Tailers>(count, saved)) + ...);
  };
  for (std::size_t count = 0; count <= world.log().size(); ++count) {
    INFO("crash after event " << count);
    const auto fresh = owed(count, 0);
    for (const auto saved : {count / 2, count - count / 8, count}) {
      INFO("snapshot after " << saved);
      CHECK(owed(count, saved) == fresh);
    }
    auto resumed = RuleWorld::after_crash(world, count);
    resumed.run();
    check_at_rest(resumed);
  }
}

}  // namespace orrery
