#include "http/json/cny.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace orrery {
namespace {

/// With its decimals the largest amount fits well.
constexpr std::size_t whole_digits_max = 11;
constexpr std::size_t cny_decimals = 2;
constexpr std::size_t ratio_decimals = 4;
constexpr std::uint32_t ratio_of_one = 10'000;

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Digits and, after one point, at most `decimals` more; scaled to a whole number.
std::optional<std::int64_t> read_decimal(std::string_view text, std::size_t decimals) {
  const auto point = std::min(text.find('.'), text.size());
  const auto whole = text.substr(0, point);
  const auto rest = text.substr(std::min(point + 1, text.size()));
  if (!is_digits(whole) || whole.size() > whole_digits_max) return std::nullopt;
  if (point < text.size() && (!is_digits(rest) || rest.size() > decimals)) return std::nullopt;
  auto digits = std::string(whole).append(rest);
  digits.append(decimals - rest.size(), '0');
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

std::string cny_text(std::int64_t fen) {
  const auto absolute = fen < 0 ? -fen : fen;
  return fmt::format("{}{}.{:02}", fen < 0 ? "-" : "", absolute / 100, absolute % 100);
}

std::optional<std::int64_t> read_cny(std::string_view text) {
  return read_decimal(text, cny_decimals);
}

std::string ratio_text(std::uint32_t ratio_e4) {
  auto text = fmt::format("{}.{:04}", ratio_e4 / ratio_of_one, ratio_e4 % ratio_of_one);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::optional<std::uint32_t> read_ratio(std::string_view text) {
  const auto ratio = read_decimal(text, ratio_decimals);
  if (!ratio || *ratio > ratio_of_one) return std::nullopt;
  return static_cast<std::uint32_t>(*ratio);
}

}  // namespace orrery
