#include "sim/report/axis.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "sim/report/quantity.hpp"

namespace orrery {
namespace {

constexpr double hour = 3'600;
constexpr double day = 24 * hour;
constexpr double year = 365.25 * day;

/// A label such as "10 min" needs so much of a drawing's width.
constexpr double label_width = 38;

/// 1, 2 or 5 times a power of ten: the step that makes at most `count` steps of `whole`.
double round_step(double whole, double count) {
  const auto power = std::pow(10, std::floor(std::log10(whole / count)));
  for (const auto factor : {1.0, 2.0, 5.0})
    if (whole / (power * factor) <= count) return power * factor;
  return power * 10;
}

double time_step(double whole, double count) {
  constexpr std::array steps{1.0,      10.0,      60.0,      600.0,   hour,    3 * hour,
                             6 * hour, 12 * hour, day,       2 * day, 7 * day, 14 * day,
                             28 * day, 91 * day,  182 * day, year,    2 * year};
  for (const auto step : steps)
    if (whole / step <= count) return step;
  return round_step(whole / year, count) * year;
}

struct Mark {
  double seconds;
  std::string_view label;
};
constexpr std::array<Mark, 12> marks{{{0, "0"},
                                      {1, "1 s"},
                                      {10, "10 s"},
                                      {60, "1 min"},
                                      {600, "10 min"},
                                      {hour, "1 h"},
                                      {6 * hour, "6 h"},
                                      {day, "1 d"},
                                      {7 * day, "1 w"},
                                      {30 * day, "30 d"},
                                      {year, "1 y"},
                                      {10 * year, "10 y"}}};

}  // namespace

Axis::Axis(Form form, double value_max, double begin, double end)
    : form_(form), value_max_(value_max), begin_(begin), end_(end) {}

Axis Axis::linear(double value_max, double begin, double end) {
  constexpr double step_count_max = 4;
  const auto most = value_max > 0 && std::isfinite(value_max) ? value_max : 1;
  const auto step = round_step(most, step_count_max);
  const auto count = std::ceil(most / step - 1e-9);
  Axis axis(Form::linear, count * step, begin, end);
  for (double i = 0; i <= count; ++i) axis.ticks_.push_back({i * step, count_text(i * step)});
  return axis;
}

Axis Axis::elapsed(double seconds_max, double begin, double end) {
  constexpr double step_count_max = 6;
  const auto most = seconds_max > 0 && std::isfinite(seconds_max) ? seconds_max : 1;
  Axis axis(Form::linear, most, begin, end);
  const auto step = time_step(most, step_count_max);
  for (double at = 0; at <= most * (1 + 1e-9); at += step)
    axis.ticks_.push_back({at, at == 0 ? "0" : duration_text(at)});
  axis.thin_out(label_width);
  return axis;
}

Axis Axis::durations(double seconds_max, double begin, double end) {
  const auto most = std::isfinite(seconds_max) ? seconds_max : 0;
  const auto last = std::ranges::find_if(
      marks, [&](const Mark& mark) { return mark.seconds >= std::max(most, 10.0); });
  const auto value_max = last == marks.end() ? most : last->seconds;
  Axis axis(Form::from_zero, value_max, begin, end);
  for (const auto& mark : marks)
    if (mark.seconds <= value_max) axis.ticks_.push_back({mark.seconds, std::string(mark.label)});
  axis.thin_out(label_width);
  return axis;
}

Axis Axis::ratios(double ratio_max, double begin, double end) {
  const auto most = std::isfinite(ratio_max) ? std::max(ratio_max, 2.0) : 2.0;
  const auto value_max = std::pow(10, std::ceil(std::log10(most) - 1e-9));
  Axis axis(Form::from_one, value_max, begin, end);
  for (double mark = 1; mark <= value_max * (1 + 1e-9); mark *= 10)
    for (const auto factor : {1.0, 2.0, 5.0})
      if (mark * factor <= value_max * (1 + 1e-9))
        axis.ticks_.push_back({mark * factor, count_text(mark * factor)});
  axis.thin_out(label_width);
  return axis;
}

double Axis::at(double value) const {
  const auto share = warped(std::clamp(value, form_ == Form::from_one ? 1.0 : 0.0, value_max_)) /
                     warped(value_max_);
  return begin_ + share * (end_ - begin_);
}

double Axis::warped(double value) const {
  switch (form_) {
    case Form::linear:
      return value;
    case Form::from_zero:
      return std::log10(1 + value);
    case Form::from_one:
      return std::log10(value);
  }
  return value;
}

void Axis::thin_out(double distance) {
  auto before = -std::numeric_limits<double>::infinity();
  std::erase_if(ticks_, [&](const AxisMark& tick) {
    const auto here = at(tick.value);
    if (std::abs(here - before) < distance) return true;
    before = here;
    return false;
  });
}

}  // namespace orrery
