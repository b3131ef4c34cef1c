#pragma once

#include <vector>

#include "sim/report/trace_report.hpp"

namespace orrery {

/// Sorts `values`, and says how they lie.
Spread spread_of(std::vector<double>& values);

/// Of values that `spread_of` has sorted.
Cumulative cumulative_of(const std::vector<double>& sorted);

}  // namespace orrery
