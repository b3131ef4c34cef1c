#include "sim/report/charts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "sim/report/drawing.hpp"
#include "sim/report/quantity.hpp"

namespace orrery {
namespace {

constexpr double left_of_plot = 44;
constexpr double right_of_plot = drawing_width - 8;
constexpr double below_plot = 22;

/// The area below a line of steps, down to `base`.
std::string area(const TimeSeries& strip, const Axis& time, const Axis& values, double base) {
  auto commands = fmt::format("M{} {}", coordinate(time.at(0)), coordinate(base));
  std::string y_before = coordinate(base);
  for (std::size_t step = 0; step < strip.values.size(); ++step) {
    const auto y = coordinate(values.at(strip.values[step]));
    if (y != y_before) {
      // A level part is drawn where it ends.
      if (step > 0) commands += "H" + coordinate(time.at(static_cast<double>(step) * strip.step_s));
      commands += "V" + y;
      y_before = y;
    }
  }
  commands += "H" + coordinate(time.at(static_cast<double>(strip.values.size()) * strip.step_s));
  return commands + fmt::format("V{}Z", coordinate(base));
}

/// The staircase of a distribution. Corners between two others on one line are left out.
std::string staircase(std::span<const double> cumulative, const Axis& across, const Axis& up) {
  std::string commands;
  std::string x_before;
  std::string y_before;
  const auto permille = cumulative_permille();
  for (std::size_t i = 0; i < cumulative.size() && i < permille.size(); ++i) {
    const auto x = coordinate(across.at(cumulative[i]));
    const auto y = coordinate(up.at(permille[i] / 10.0));
    if (commands.empty()) {
      commands = fmt::format("M{} {}", x, y);
    } else if (x != x_before) {
      commands += "V" + y_before;
      commands += "H" + x;
    }
    x_before = x;
    y_before = y;
  }
  if (!commands.empty()) commands += "V" + y_before;
  return commands;
}

Axis axis_of(ValueKind kind, double value_max, double begin, double end) {
  return kind == ValueKind::duration ? Axis::durations(value_max, begin, end)
                                     : Axis::ratios(value_max, begin, end);
}

std::string said(ValueKind kind, double value) {
  return kind == ValueKind::duration ? duration_text(value) : count_text(value);
}

/// The middle and the tail of a curve, for a pointer to rest on.
void mark_quantiles(Drawing& drawing, const Curve& curve, const std::string& style,
                    const Axis& across, const Axis& up, ValueKind kind) {
  const auto permille = cumulative_permille();
  for (std::size_t i = 0; i < curve.cumulative.size() && i < permille.size(); ++i) {
    if (permille[i] != 500 && permille[i] != 950) continue;
    const auto percent = permille[i] / 10;
    drawing.dot(
        style, across.at(curve.cumulative[i]), up.at(percent),
        fmt::format("{}: {} % within {}", curve.label, percent, said(kind, curve.cumulative[i])));
  }
}

constexpr double range_row_height = 9;
constexpr double range_label_height = 16;

void draw_range(Drawing& drawing, const Range& range, const Axis& across, double y,
                ValueKind kind) {
  const auto& spread = range.spread;
  if (spread.count == 0) return;
  const auto middle = y + range_row_height / 2;
  drawing.begin_group(series_class(range.series),
                      fmt::format("{}: median {}, middle half {} to {}, 95 % within {}",
                                  range.label, said(kind, spread.p50), said(kind, spread.p25),
                                  said(kind, spread.p75), said(kind, spread.p95)));
  drawing.line("whisker", across.at(spread.p25), middle, across.at(spread.p95), middle);
  drawing.rectangle("box", across.at(spread.p25), y + 1.5,
                    std::max(1.5, across.at(spread.p75) - across.at(spread.p25)),
                    range_row_height - 3);
  drawing.line("median", across.at(spread.p50), y, across.at(spread.p50), y + range_row_height);
  drawing.end_group();
}

}  // namespace

void draw_strips(Markup& page, const ChartText& text, std::span<const TimeSeries> strips,
                 double value_max, const SayValue& say) {
  constexpr double label_height = 15;
  constexpr double plot_height = 44;
  constexpr double gap = 8;
  constexpr double strip_height = label_height + plot_height + gap;
  const auto height = static_cast<double>(strips.size()) * strip_height + below_plot;
  double seconds_max = 0;
  for (const auto& strip : strips)
    seconds_max = std::max(seconds_max, strip.step_s * static_cast<double>(strip.values.size()));
  const auto time = Axis::elapsed(seconds_max, left_of_plot, right_of_plot);
  Drawing drawing(page, text.number, height, text.title, text.description);
  drawing.horizontal_axis(time, label_height, height - below_plot - gap / 2);
  double top = 0;
  for (const auto& strip : strips) {
    const auto base = top + label_height + plot_height;
    const auto values = Axis::linear(value_max, base, base - plot_height);
    drawing.begin_group("strip");
    for (const auto value : {0.0, values.value_max()}) {
      drawing.line("grid", left_of_plot, values.at(value), right_of_plot, values.at(value));
      drawing.label("end", left_of_plot - 5, values.at(value) + (value == 0 ? 0 : 7), say(value));
    }
    drawing.path("area " + series_class(strip.series), area(strip, time, values, base));
    drawing.label("name", left_of_plot, top + 11, fitted(strip.label, 215));
    drawing.label("end", right_of_plot, top + 11, strip.remark);
    drawing.end_group();
    top += strip_height;
  }
}

void draw_curves(Markup& page, const ChartText& text, std::span<const Curve> curves,
                 ValueKind kind) {
  constexpr double top = 10;
  constexpr double height = 230;
  constexpr double bottom = height - below_plot;
  double value_max = 0;
  for (const auto& curve : curves)
    if (!curve.cumulative.empty()) value_max = std::max(value_max, curve.cumulative.back());
  const auto across = axis_of(kind, value_max, left_of_plot, right_of_plot);
  const auto up = Axis::linear(100, bottom, top);
  Drawing drawing(page, text.number, height, text.title, text.description);
  for (const auto percent : {0, 25, 50, 75, 100}) {
    const auto y = up.at(percent);
    drawing.line("grid", left_of_plot, y, right_of_plot, y);
    drawing.label("end", left_of_plot - 5, y + 3.5, fmt::format("{} %", percent));
  }
  drawing.horizontal_axis(across, top, bottom);
  for (const auto& curve : curves) {
    if (curve.cumulative.empty()) continue;
    const auto style =
        curve.series == no_series ? std::string("recorded") : series_class(curve.series);
    drawing.path("curve " + style, staircase(curve.cumulative, across, up));
    mark_quantiles(drawing, curve, "mark " + style, across, up, kind);
  }
}

void draw_ranges(Markup& page, const ChartText& text, std::span<const RangeGroup> groups,
                 ValueKind kind) {
  constexpr double left = 8;
  double height = below_plot;
  double value_max = 0;
  for (const auto& group : groups) {
    height += range_label_height + range_row_height * static_cast<double>(group.ranges.size()) + 4;
    for (const auto& range : group.ranges) value_max = std::max(value_max, range.spread.p95);
  }
  const auto across = axis_of(kind, value_max, left, right_of_plot);
  Drawing drawing(page, text.number, height, text.title, text.description);
  drawing.horizontal_axis(across, 2, height - below_plot);
  double y = 0;
  for (const auto& group : groups) {
    drawing.label("name", left + 2, y + 12, fitted(group.name, 340));
    y += range_label_height;
    for (const auto& range : group.ranges) {
      draw_range(drawing, range, across, y, kind);
      y += range_row_height;
    }
    y += 4;
  }
}

void draw_bars(Markup& page, const ChartText& text, std::span<const Bar> bars) {
  constexpr double label_height = 15;
  constexpr double bar_height = 12;
  constexpr double row_height = label_height + bar_height + 10;
  double most = 0;
  for (const auto& bar : bars) most = std::max(most, bar.value + bar.further);
  const auto across = [&](double value) { return most > 0 ? value / most * drawing_width : 0; };
  Drawing drawing(page, text.number, static_cast<double>(bars.size()) * row_height + 4, text.title,
                  text.description);
  double y = 2;
  for (const auto& bar : bars) {
    drawing.begin_group(series_class(bar.series), bar.label + ": " + bar.said);
    drawing.label("name", 0, y + 10, fitted(bar.label, drawing_width - width_of(bar.said) - 12));
    drawing.label("end", drawing_width, y + 10, bar.said);
    const auto width = std::max(1.0, across(bar.value));
    drawing.rectangle("bar", 0, y + label_height, width, bar_height);
    if (bar.further > 0)
      drawing.rectangle("paler", width, y + label_height, across(bar.further), bar_height);
    drawing.end_group();
    y += row_height;
  }
}

}  // namespace orrery
