#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/report/charts.hpp"
#include "sim/report/markup.hpp"
#include "sim/report/trace_report.hpp"

namespace orrery {

/// A page that is being written: its markup, the numbers of its pictures, and one colour for each
/// policy throughout.
class Page {
 public:
  explicit Page(const TraceReport& report);

  Markup& markup() { return markup_; }
  /// The colour of a policy, by its label.
  std::size_t series_of(std::string_view label) const;
  const std::vector<std::string>& labels() const { return labels_; }
  const std::string& currency() const { return currency_; }

  /// A figure with a heading and a sentence that says how to read it: `draw` gets what its picture
  /// is called, `tabulate` writes the same as a table, folded away below.
  template <class Draw, class Tabulate>
  void figure(std::string_view heading, std::string_view how_to_read, Draw draw,
              Tabulate tabulate) {
    begin_figure(heading, how_to_read);
    draw(ChartText{++picture_count_, std::string(heading), std::string(how_to_read)});
    begin_table_below(heading);
    tabulate();
    end_figure();
  }

 private:
  void begin_figure(std::string_view heading, std::string_view how_to_read);
  void begin_table_below(std::string_view heading);
  void end_figure();

  Markup markup_;
  std::size_t picture_count_ = 0;
  std::vector<std::string> labels_;
  std::string currency_;
};

}  // namespace orrery
