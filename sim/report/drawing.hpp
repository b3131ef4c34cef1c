#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "sim/report/axis.hpp"
#include "sim/report/markup.hpp"

namespace orrery {

/// Drawings are so wide, in their own units, that a phone shows them as they are and a page puts
/// several side by side.
inline constexpr double drawing_width = 400;

/// One picture as inline SVG in a page. It has a title and a description for those who don't see
/// it; colours are classes of the page's style sheet, so it follows light and dark.
class Drawing {
 public:
  /// `number` is the picture's own in the page.
  Drawing(Markup& page, std::size_t number, double height, std::string_view title,
          std::string_view description);
  ~Drawing();
  Drawing(const Drawing&) = delete;
  Drawing& operator=(const Drawing&) = delete;

  void line(std::string_view style, double x1, double y1, double x2, double y2);
  void rectangle(std::string_view style, double x, double y, double width, double height);
  /// With what is shown of it to a pointer.
  void dot(std::string_view style, double x, double y, std::string_view tip);
  void path(std::string_view style, std::string_view commands);
  void label(std::string_view style, double x, double y, std::string_view text);
  /// Opens a group; `tip` is shown to a pointer that rests on any of it.
  void begin_group(std::string_view style, std::string_view tip = {});
  void end_group();

  /// Lines across, and a label left of each.
  void vertical_axis(const Axis& axis, double left, double right);
  /// Lines down from `top`, and a label below each.
  void horizontal_axis(const Axis& axis, double top, double bottom);

 private:
  Markup& page_;
};

/// A coordinate as short as it may be: "12.5", "12".
std::string coordinate(double value);
/// "s3": the class that gives a series its colour; series beyond the eighth are dashed, too.
std::string series_class(std::size_t series);
/// About how many units a label takes.
double width_of(std::string_view text);
/// What fits into `width` units of a label, with "…" where some is missing.
std::string fitted(std::string_view text, double width);

}  // namespace orrery
