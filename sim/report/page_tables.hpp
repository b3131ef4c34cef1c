#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/report/page.hpp"

namespace orrery {

/// One figure of several policies side by side.
struct ComparedFigure {
  enum class Better { less, more, neither };

  std::string name;
  Better better = Better::neither;
  /// In the order of the policies; NaN where a policy has none.
  std::vector<double> values;
  SayValue say;
};

/// A row a policy, a column a figure. The best of each column is marked, and below the figures of
/// all policies but the first stands how they differ from the first's. A row whose label is no
/// policy of the page (what was recorded) is never the best.
void write_comparison(Page& page, std::span<const std::string> labels,
                      std::span<const ComparedFigure> figures);

/// A table with a heading a column; all cells but the first of a row are numbers.
void write_table(Markup& markup, std::span<const std::string> columns,
                 std::span<const std::vector<std::string>> rows);

/// A timeline in a few rows: for each span of time the mean of each strip.
void write_strip_table(Markup& markup, std::span<const TimeSeries> strips, const SayValue& say);

/// Some quantiles of each curve.
void write_curve_table(Markup& markup, std::span<const Curve> curves, const SayValue& say);

/// For each group and policy its jobs, median, 95th percentile and most.
void write_range_table(Markup& markup, std::span<const RangeGroup> groups, const SayValue& say);

}  // namespace orrery
