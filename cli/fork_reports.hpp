#pragma once

#include <iosfwd>
#include <string>

#include "sim/fork/fork_comparison.hpp"
#include "sim/fork/forked_life.hpp"
#include "sim/report/report_origin.hpp"

namespace orrery {

/// What `orrery fork --run` has to tell.
struct ForkReport {
  ForkComparison comparison;
  ForkedLife life;
  std::map<std::string, std::uint64_t> not_repeated;
  std::string change;
  Position position = 0;
  double price_per_gpu_hour = 0;
};

/// Waits, use and bill, original beside fork, in all and by tenant; what was refused and not
/// repeated.
void print_fork_report(const ForkReport& report, std::ostream& out);

/// The same as tables for the page and the JSON document that traces have, too.
ReportOrigin fork_report_origin(const ForkReport& report);

}  // namespace orrery
