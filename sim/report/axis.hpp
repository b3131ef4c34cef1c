#pragma once

#include <string>
#include <vector>

namespace orrery {

struct AxisMark {
  double value = 0;
  std::string label;
};

/// A scale from values to the units of a drawing, and the values worth a mark.
class Axis {
 public:
  /// From 0 to at least `value_max`.
  static Axis linear(double value_max, double begin, double end);
  /// The same for seconds, marked in hours, days or weeks.
  static Axis elapsed(double seconds_max, double begin, double end);
  /// Seconds from 0 on, each tenfold as long as the one before: a second, a minute, an hour …
  static Axis durations(double seconds_max, double begin, double end);
  /// Ratios from 1 on, each tenfold as long as the one before.
  static Axis ratios(double ratio_max, double begin, double end);

  double at(double value) const;
  const std::vector<AxisMark>& ticks() const { return ticks_; }
  /// The end of the scale.
  double value_max() const { return value_max_; }

 private:
  enum class Form { linear, from_zero, from_one };

  Axis(Form form, double value_max, double begin, double end);
  double warped(double value) const;
  /// Leaves out marks that would stand closer than `distance` to the one before.
  void thin_out(double distance);

  Form form_;
  double value_max_;
  double begin_;
  double end_;
  std::vector<AxisMark> ticks_;
};

}  // namespace orrery
