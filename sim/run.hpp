#pragma once

#include <cstdint>
#include <functional>

#include "sim/world.hpp"

namespace orrery {

/// Runs the worlds of `seed_count` seeds from `first_seed` on, one after the other, and tells each
/// report. Stops early when `tell` answers false.
void run_worlds(std::uint64_t first_seed, std::uint64_t seed_count, std::uint64_t step_count,
                const std::function<bool(const WorldReport&)>& tell);

}  // namespace orrery
