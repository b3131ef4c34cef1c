#pragma once

#include "drivers/runs/run_records.hpp"
#include "events/instance_events.hpp"

namespace orrery {

/// Where an instance that runs by this plan is reached: at its node, by the port that it was given.
inline InstanceStarted address_of_instance(const LaunchPlan& plan) {
  return {plan.host, plan.ports.empty() ? std::uint16_t{0} : plan.ports.front()};
}

}  // namespace orrery
