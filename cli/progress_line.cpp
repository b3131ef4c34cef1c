#include "cli/progress_line.hpp"

#include <cmath>
#include <iostream>

#include <fmt/format.h>
#include <unistd.h>

namespace orrery {
namespace {

constexpr std::chrono::milliseconds redraw_interval{200};

/// "950", "12.5 thousand", "1.2 million".
std::string amount(double count) {
  if (count >= 1e6) return fmt::format("{:.1f} million", count / 1e6);
  if (count >= 1e4) return fmt::format("{:.1f} thousand", count / 1e3);
  return fmt::format("{:.0f}", count);
}

}  // namespace

std::string progress_text(std::string_view verb, std::string_view unit, std::uint64_t count,
                          std::uint64_t total, std::chrono::duration<double> elapsed) {
  const double rate = elapsed.count() > 0 ? static_cast<double>(count) / elapsed.count() : 0;
  auto text = fmt::format("{} {} of {} {}", verb, amount(static_cast<double>(count)),
                          amount(static_cast<double>(total)), unit);
  if (rate <= 0) return text;
  text += fmt::format(", {}/s", amount(rate));
  if (total > count)
    text += fmt::format(", {:.0f} s left", std::ceil(static_cast<double>(total - count) / rate));
  return text;
}

ProgressLine::ProgressLine(std::string verb, std::string unit, std::uint64_t total, bool is_quiet)
    : verb_(std::move(verb)),
      unit_(std::move(unit)),
      total_(total),
      is_shown_(!is_quiet && ::isatty(STDERR_FILENO) == 1),
      start_(std::chrono::steady_clock::now()),
      next_(start_ + redraw_interval) {}

ProgressLine::~ProgressLine() {
  if (is_drawn_) std::cerr << "\r\033[K" << std::flush;
}

void ProgressLine::reach(std::uint64_t count) {
  if (!is_shown_) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + redraw_interval;
  std::cerr << "\r\033[K" << progress_text(verb_, unit_, count, total_, now - start_) << std::flush;
  is_drawn_ = true;
}

}  // namespace orrery
