#include "cli/bench/bench_table.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace orrery {
namespace {

/// "1234567" becomes "1,234,567".
std::string grouped(std::string digits) {
  const auto sign = digits.starts_with('-') ? std::size_t{1} : 0;
  for (auto at = digits.size(); at > sign + 3;) digits.insert(at -= 3, 1, ',');
  return digits;
}

std::string target_text(const BenchResults& results, const Measurement& median) {
  if (median.target == 0 || results.quick) return "";
  const auto is_rate = median.better == Better::more;
  const auto is_met = is_rate ? median.value >= median.target : median.value <= median.target;
  return fmt::format("{} {} {}", is_rate ? "≥" : "≤", shown_number(median.target),
                     is_met ? "met" : "MISSED");
}

std::string figures_text(const Measurement& median) {
  std::string text;
  for (const auto& [name, value] : median.figures)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, shown_number(value));
  if (median.series.empty()) return text;
  text += text.empty() ? "over time" : "; over time";
  for (const double value : median.series) text += " " + shown_number(value);
  return text;
}

std::string verdict_text(const BenchComparison& comparison) {
  switch (comparison.verdict) {
    case BenchVerdict::same:
      return "the same";
    case BenchVerdict::faster:
      return "better";
    case BenchVerdict::slower:
      return "REGRESSION: worse, beyond what the runs differ by";
    case BenchVerdict::computes_something_else:
      return "REGRESSION: computes something else than before";
    case BenchVerdict::added:
      return "new";
    case BenchVerdict::gone:
      return "REGRESSION: no longer measured";
  }
  return "";
}

}  // namespace

std::string shown_number(double value) {
  const auto magnitude = std::abs(value);
  if (magnitude >= 1e15 || std::isnan(value)) return fmt::format("{:g}", value);
  if (magnitude >= 100 || value == std::floor(value)) return grouped(fmt::format("{:.0f}", value));
  if (magnitude < 1) return fmt::format("{:.3g}", value);
  return fmt::format("{:.{}f}", value, magnitude >= 10 ? 1 : 2);
}

std::string bench_table(const BenchResults& results) {
  std::size_t width = 12;
  for (const auto& result : results.results) width = std::max(width, result.median.name.size());
  std::string text;
  for (const auto& result : results.results) {
    const auto& median = result.median;
    auto value = fmt::format("{} {}", shown_number(median.value), median.unit);
    if (result.runs.size() > 1) value += fmt::format(" ±{:.0f} %", 100 * result.spread());
    const auto target = target_text(results, median);
    text += fmt::format("{:<{}}  {}{}\n", median.name, width, value,
                        target.empty() ? "" : "  (target " + target + ")");
    if (const auto figures = figures_text(median); !figures.empty())
      text += fmt::format("{:<{}}  {}\n", "", width, figures);
    if (result.hash_differs)
      text += fmt::format("{:<{}}  WRONG: its runs computed different things\n", "", width);
  }
  for (const auto& name : results.failed) text += fmt::format("{:<{}}  FAILED\n", name, width);
  const auto& machine = results.machine;
  text += fmt::format("\n{}, {} cores, {} GiB, Linux {}, fdatasync {:.0f} µs, load {:.1f}\n",
                      machine.cpu, machine.cores, (machine.memory_mib + 512) / 1'024,
                      machine.kernel, machine.fdatasync_us, machine.load);
  return text + fmt::format("orrery {}, commit {}, {}{}\n", results.release, results.commit,
                            results.measured_at, results.quick ? ", tiny inputs" : "");
}

std::string comparison_table(const std::vector<BenchComparison>& comparisons) {
  std::size_t width = 12;
  for (const auto& comparison : comparisons) width = std::max(width, comparison.name.size());
  std::string text;
  for (const auto& comparison : comparisons)
    text += fmt::format("{:<{}}  {} → {} {}, {:.2f} times as good: {}\n", comparison.name, width,
                        shown_number(comparison.before), shown_number(comparison.now),
                        comparison.unit, comparison.ratio, verdict_text(comparison));
  return text;
}

}  // namespace orrery
