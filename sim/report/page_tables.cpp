#include "sim/report/page_tables.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "sim/report/drawing.hpp"
#include "sim/report/quantity.hpp"

namespace orrery {
namespace {

using Better = ComparedFigure::Better;

/// The best value of the rows that compete; nothing where all are the same.
std::optional<double> best_of(const ComparedFigure& figure, const std::vector<bool>& competes) {
  std::vector<double> values;
  for (std::size_t i = 0; i < figure.values.size(); ++i)
    if (competes[i] && std::isfinite(figure.values[i])) values.push_back(figure.values[i]);
  if (figure.better == Better::neither || values.size() < 2) return std::nullopt;
  const auto [least, most] = std::ranges::minmax(values);
  if (least == most) return std::nullopt;
  return figure.better == Better::less ? least : most;
}

void write_compared(Markup& markup, const ComparedFigure& figure, std::size_t row, bool competes,
                    std::optional<double> best) {
  const auto value = figure.values[row];
  markup.open("td");
  if (!std::isfinite(value)) {
    markup.text("–").close();
    return;
  }
  const auto is_best = best && value == *best;
  if (is_best)
    markup.leaf("strong", figure.say(value)).leaf("span", " (best)", {{"class", "unseen"}});
  else
    markup.text(figure.say(value));
  if (row > 0 && competes && figure.better != Better::neither)
    if (const auto change = change_text(figure.values[0], value); !change.empty())
      markup.leaf("small", change);
  markup.close();
}

void write_head(Markup& markup, std::span<const std::string> columns) {
  markup.open("thead").open("tr");
  for (const auto& column : columns) markup.leaf("th", column, {{"scope", "col"}});
  markup.close().close();
}

}  // namespace

void write_comparison(Page& page, std::span<const std::string> labels,
                      std::span<const ComparedFigure> figures) {
  auto& markup = page.markup();
  std::vector<bool> competes;
  for (const auto& label : labels) competes.push_back(page.series_of(label) < page.labels().size());
  std::vector<std::string> columns{"Policy"};
  for (const auto& figure : figures) columns.push_back(figure.name);
  markup.open("div", {{"class", "scroll"},
                      {"tabindex", "0"},
                      {"role", "region"},
                      {"aria-label", "Policies side by side"}});
  markup.open("table", {{"class", "comparison"}});
  write_head(markup, columns);
  markup.open("tbody");
  for (std::size_t row = 0; row < labels.size(); ++row) {
    markup.open("tr").open("th", {{"scope", "row"}});
    if (competes[row])
      markup.leaf("i", "", {{"class", "swatch " + series_class(page.series_of(labels[row]))}});
    markup.text(labels[row]).close();
    for (const auto& figure : figures)
      write_compared(markup, figure, row, competes[row],
                     competes[row] ? best_of(figure, competes) : std::nullopt);
    markup.close();
  }
  markup.close().close().close();
}

void write_table(Markup& markup, std::span<const std::string> columns,
                 std::span<const std::vector<std::string>> rows) {
  markup.open("table");
  write_head(markup, columns);
  markup.open("tbody");
  for (const auto& row : rows) {
    markup.open("tr");
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i == 0)
        markup.leaf("th", row[i], {{"scope", "row"}});
      else
        markup.leaf("td", row[i]);
    }
    markup.close();
  }
  markup.close().close();
}

void write_strip_table(Markup& markup, std::span<const TimeSeries> strips, const SayValue& say) {
  constexpr std::size_t rows_max = 16;
  std::vector<std::string> columns{"Until"};
  double seconds_max = 0;
  for (const auto& strip : strips) {
    columns.push_back(strip.label);
    seconds_max = std::max(seconds_max, strip.step_s * static_cast<double>(strip.values.size()));
  }
  std::vector<std::vector<std::string>> rows;
  for (std::size_t row = 0; row < rows_max; ++row) {
    const auto from_s = seconds_max * static_cast<double>(row) / rows_max;
    const auto until_s = seconds_max * static_cast<double>(row + 1) / rows_max;
    auto& cells = rows.emplace_back();
    cells.push_back(duration_text(until_s));
    for (const auto& strip : strips) {
      double sum = 0;
      std::size_t count = 0;
      for (auto at = static_cast<std::size_t>(std::ceil(from_s / strip.step_s - 1e-9));
           at < strip.values.size() && static_cast<double>(at) * strip.step_s < until_s - 1e-9;
           ++at, ++count)
        sum += strip.values[at];
      cells.push_back(count == 0 ? "" : say(sum / static_cast<double>(count)));
    }
  }
  write_table(markup, columns, rows);
}

void write_curve_table(Markup& markup, std::span<const Curve> curves, const SayValue& say) {
  constexpr std::array<std::uint16_t, 9> shown{100, 250, 500, 750, 900, 950, 990, 995, 1'000};
  std::vector<std::string> columns{"Share of jobs"};
  for (const auto& curve : curves) columns.push_back(curve.label);
  std::vector<std::vector<std::string>> rows;
  const auto permille = cumulative_permille();
  for (const auto share : shown) {
    const auto at = static_cast<std::size_t>(std::ranges::find(permille, share) - permille.begin());
    auto& cells = rows.emplace_back();
    cells.push_back(fmt::format("{} %", coordinate(share / 10.0)));
    for (const auto& curve : curves)
      cells.push_back(at < curve.cumulative.size() ? say(curve.cumulative[at]) : "–");
  }
  write_table(markup, columns, rows);
}

void write_range_table(Markup& markup, std::span<const RangeGroup> groups, const SayValue& say) {
  const std::vector<std::string> columns{"", "Jobs", "Median", "95 %", "Most"};
  std::vector<std::vector<std::string>> rows;
  for (const auto& group : groups) {
    for (const auto& range : group.ranges) {
      const auto& spread = range.spread;
      auto& cells = rows.emplace_back();
      cells.push_back(fmt::format("{}, {}", group.name, range.label));
      cells.push_back(count_text(static_cast<double>(spread.count)));
      for (const auto value : {spread.p50, spread.p95, spread.max})
        cells.push_back(spread.count == 0 ? "–" : say(value));
    }
  }
  write_table(markup, columns, rows);
}

}  // namespace orrery
