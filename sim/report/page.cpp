#include "sim/report/page.hpp"

#include <algorithm>

#include "sim/report/drawing.hpp"

namespace orrery {

namespace {

/// Of a label: room for a sign or a short word. It stands before every amount.
constexpr double currency_width = 50;

}  // namespace

Page::Page(const TraceReport& report) : currency_(fitted(report.origin.currency, currency_width)) {
  for (const auto& trace : report.traces)
    for (const auto& run : trace.runs)
      if (std::ranges::find(labels_, run.label) == labels_.end()) labels_.push_back(run.label);
}

std::size_t Page::series_of(std::string_view label) const {
  return static_cast<std::size_t>(std::ranges::find(labels_, label) - labels_.begin());
}

void Page::begin_figure(std::string_view heading, std::string_view how_to_read) {
  markup_.open("figure").open("figcaption");
  markup_.leaf("h3", heading).leaf("p", how_to_read).close();
}

void Page::begin_table_below(std::string_view heading) {
  markup_.open("details", {{"class", "table"}}).leaf("summary", "As a table");
  markup_.open("div", {{"class", "scroll"},
                       {"tabindex", "0"},
                       {"role", "region"},
                       {"aria-label", std::string(heading) + ", as a table"}});
}

void Page::end_figure() { markup_.close().close().close(); }

}  // namespace orrery
