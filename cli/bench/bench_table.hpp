#pragma once

#include <string>
#include <vector>

#include "cli/bench/bench_comparison.hpp"
#include "cli/bench/bench_results.hpp"

namespace orrery {

/// "2.1", "512,300".
std::string shown_number(double value);

/// Everything that was measured, for somebody at a terminal: a line each, targets beside it,
/// figures below.
std::string bench_table(const BenchResults& results);

/// What became better or worse against before, a line each.
std::string comparison_table(const std::vector<BenchComparison>& comparisons);

}  // namespace orrery
