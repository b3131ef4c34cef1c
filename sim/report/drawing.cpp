#include "sim/report/drawing.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include <fmt/format.h>

#include "sim/report/printable.hpp"

namespace orrery {
namespace {

/// Of a letter of a label, on average.
constexpr double letter_width = 6.3;

}  // namespace

std::string coordinate(double value) {
  const auto tenths = std::llround(value * 10);
  const auto* const sign = tenths < 0 ? "-" : "";
  const auto size = std::abs(tenths);
  if (size % 10 == 0) return fmt::format("{}{}", sign, size / 10);
  return fmt::format("{}{}.{}", sign, size / 10, size % 10);
}

std::string series_class(std::size_t series) {
  constexpr std::size_t colour_count = 8;
  auto name = fmt::format("s{}", series % colour_count);
  if (series >= colour_count) name += " dashed";
  return name;
}

namespace {

/// In letters of the usual width; 0 for the further bytes of a character.
double letters_wide(unsigned char byte) {
  const bool goes_on = (byte & 0xC0) == 0x80;
  if (goes_on) return 0;
  const bool is_usual =
      std::isdigit(byte) != 0 || std::islower(byte) != 0 ||
      std::string_view(" .,:;-+/()'|!").find(static_cast<char>(byte)) != std::string_view::npos;
  return is_usual ? 1 : 1.8;
}

}  // namespace

double width_of(std::string_view text) {
  double letters = 0;
  for (const unsigned char byte : text) letters += letters_wide(byte);
  return letters * letter_width;
}

std::string fitted(std::string_view text, double width) {
  double left = width / letter_width;
  std::size_t count = 0;
  for (const unsigned char byte : text) {
    left -= letters_wide(byte);
    if (left < 0) break;
    count += letters_wide(byte) > 0;
  }
  return printable(text, std::max<std::size_t>(1, count));
}

Drawing::Drawing(Markup& page, std::size_t number, double height, std::string_view title,
                 std::string_view description)
    : page_(page) {
  const auto title_id = fmt::format("t{}", number);
  const auto description_id = fmt::format("d{}", number);
  page_.open("svg", {{"viewBox", fmt::format("0 0 {} {}", drawing_width, coordinate(height))},
                     {"role", "img"},
                     {"aria-labelledby", title_id + " " + description_id}});
  page_.leaf("title", title, {{"id", title_id}});
  page_.leaf("desc", description, {{"id", description_id}});
}

Drawing::~Drawing() { page_.close(); }

void Drawing::line(std::string_view style, double x1, double y1, double x2, double y2) {
  page_.empty("line", {{"class", style},
                       {"x1", coordinate(x1)},
                       {"y1", coordinate(y1)},
                       {"x2", coordinate(x2)},
                       {"y2", coordinate(y2)}});
}

void Drawing::rectangle(std::string_view style, double x, double y, double width, double height) {
  page_.empty("rect", {{"class", style},
                       {"x", coordinate(x)},
                       {"y", coordinate(y)},
                       {"width", coordinate(width)},
                       {"height", coordinate(height)},
                       {"rx", "1.5"}});
}

void Drawing::dot(std::string_view style, double x, double y, std::string_view tip) {
  page_.open("circle",
             {{"class", style}, {"cx", coordinate(x)}, {"cy", coordinate(y)}, {"r", "3.2"}});
  page_.leaf("title", tip).close();
}

void Drawing::path(std::string_view style, std::string_view commands) {
  page_.empty("path", {{"class", style}, {"d", commands}});
}

void Drawing::label(std::string_view style, double x, double y, std::string_view text) {
  page_.leaf("text", text, {{"class", style}, {"x", coordinate(x)}, {"y", coordinate(y)}});
}

void Drawing::begin_group(std::string_view style, std::string_view tip) {
  page_.open("g", {{"class", style}});
  if (!tip.empty()) page_.leaf("title", tip);
}

void Drawing::end_group() { page_.close(); }

void Drawing::vertical_axis(const Axis& axis, double left, double right) {
  for (const auto& tick : axis.ticks()) {
    const auto y = axis.at(tick.value);
    line("grid", left, y, right, y);
    label("end", left - 5, y + 3.5, tick.label);
  }
}

void Drawing::horizontal_axis(const Axis& axis, double top, double bottom) {
  constexpr double label_height = 15;
  constexpr double gap = 5;
  double right_before = -gap;
  for (const auto& tick : axis.ticks()) {
    const auto x = axis.at(tick.value);
    line("grid", x, top, x, bottom);
    const auto half = letter_width * static_cast<double>(tick.label.size()) / 2;
    // A label at the end would stand out of the picture; one over another is left out.
    const auto is_last = x + half > drawing_width;
    const auto right = is_last ? drawing_width - 1 : x + half;
    if (right - 2 * half < right_before + gap) continue;
    right_before = right;
    label(is_last ? "end" : "middle", is_last ? right : x, bottom + label_height, tick.label);
  }
}

}  // namespace orrery
