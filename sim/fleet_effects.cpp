#include "sim/fleet_effects.hpp"

#include <algorithm>

namespace orrery {

std::optional<TimedStep> timed_step(const SimulatedDriverConfiguration& configuration,
                                    const std::string& id, std::uint64_t number,
                                    const StepDelay& delay, std::string_view name,
                                    std::optional<std::chrono::microseconds> delay_max) {
  if (delay.kind == StepDelay::Kind::manual) return std::nullopt;
  auto drawn = draw(delay, configuration.seed, id, name);
  if (delay_max) drawn = std::min(drawn, *delay_max);
  const auto scaled = static_cast<double>(drawn.count()) / configuration.time_scale;
  return TimedStep{id, number, std::chrono::microseconds(static_cast<std::int64_t>(scaled))};
}

}  // namespace orrery
