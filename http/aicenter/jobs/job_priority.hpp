#pragma once

#include <cstdint>

#include "actors/batch/forecast.hpp"
#include "events/batch_policy_events.hpp"
#include "projections/jobs/job_view.hpp"

namespace orrery::aicenter {

/// The priority with which a job that no longer waits went ahead, by the shares of now: the
/// scheduler keeps none of those that run. `forecast` may be null.
std::uint32_t priority_at_start(const batch::Forecast* forecast, const BatchPolicy& policy,
                                const JobRow& job);

}  // namespace orrery::aicenter
