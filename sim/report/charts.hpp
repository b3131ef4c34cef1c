#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sim/report/markup.hpp"
#include "sim/report/trace_report.hpp"

namespace orrery {

/// What a chart is about. `number` is its own in the page.
struct ChartText {
  std::size_t number = 0;
  std::string title;
  std::string description;
};

/// Says a value as people read it.
using SayValue = std::function<std::string(double)>;

/// One policy's line through a chart of time.
struct TimeSeries {
  std::size_t series = 0;
  std::string label;
  /// What stands at the right end: "72.0 % on average".
  std::string remark;
  double step_s = 0;
  std::span<const double> values;
};

/// A strip for each series, below each other on one axis of time and one scale.
void draw_strips(Markup& page, const ChartText& text, std::span<const TimeSeries> strips,
                 double value_max, const SayValue& say);

enum class ValueKind { duration, ratio };

/// One policy's distribution; an empty one is left out.
struct Curve {
  /// `no_series` for what was recorded.
  std::size_t series = 0;
  std::string label;
  std::span<const double> cumulative;
};
inline constexpr std::size_t no_series = SIZE_MAX;

/// How many jobs of all had at most a value.
void draw_curves(Markup& page, const ChartText& text, std::span<const Curve> curves,
                 ValueKind kind);

/// One policy's values of a group of jobs.
struct Range {
  std::size_t series = 0;
  std::string label;
  Spread spread;
};
struct RangeGroup {
  std::string name;
  std::vector<Range> ranges;
};

/// For each group and policy the middle half as a bar, its median as a tick, and a line to the
/// 95th percentile.
void draw_ranges(Markup& page, const ChartText& text, std::span<const RangeGroup> groups,
                 ValueKind kind);

struct Bar {
  std::size_t series = 0;
  std::string label;
  double value = 0;
  /// Drawn after it, paler.
  double further = 0;
  std::string said;
};

/// A bar a policy, all from 0.
void draw_bars(Markup& page, const ChartText& text, std::span<const Bar> bars);

}  // namespace orrery
