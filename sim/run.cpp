#include "sim/run.hpp"

namespace orrery {

void run_worlds(std::uint64_t first_seed, std::uint64_t seed_count, std::uint64_t step_count,
                const std::function<bool(const WorldReport&)>& tell) {
  for (std::uint64_t i = 0; i < seed_count; ++i) {
    World world(first_seed + i, step_count);
    if (!tell(world.run())) return;
  }
}

}  // namespace orrery
