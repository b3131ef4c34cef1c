#include "http/gpushare/python_text.hpp"

#include <locale.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <cwctype>
#include <limits>

#include <fmt/format.h>

namespace orrery::gpushare {

namespace {

/// The character that `text` begins with, which is valid UTF-8, and its size in bytes.
struct Character {
  char32_t code = 0;
  std::size_t size = 1;
};

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0u) == 0x80u; }

Character first_of(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  char32_t code = lead & (0xffu >> (size + 1));
  for (std::size_t i = 1; i < std::min(size, text.size()); ++i)
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3fu);
  return {code, std::min(size, text.size())};
}

Character last_of(std::string_view text) {
  auto start = text.size() - 1;
  while (start > 0 && continues(text[start])) --start;
  return {first_of(text.substr(start)).code, text.size() - start};
}

bool is_space(char32_t code) {
  constexpr std::array<char32_t, 8> others{0x20,   0x85,   0xa0,   0x1680,
                                           0x2028, 0x2029, 0x202f, 0x205f};
  return (code >= 0x09 && code <= 0x0d) || (code >= 0x1c && code <= 0x1f) ||
         (code >= 0x2000 && code <= 0x200a) || code == 0x3000 ||
         std::find(others.begin(), others.end(), code) != others.end();
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// Knows the letters of all scripts, whatever the process's own locale is.
bool is_alphanumeric(char32_t code) {
  static const locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return unicode != nullptr ? iswalnum_l(static_cast<wint_t>(code), unicode) != 0 : code >= 0xaa;
}

}  // namespace

std::string_view stripped(std::string_view text) {
  while (!text.empty()) {
    const auto first = first_of(text);
    if (!is_space(first.code)) break;
    text.remove_prefix(first.size);
  }
  while (!text.empty()) {
    const auto last = last_of(text);
    if (!is_space(last.code)) break;
    text.remove_suffix(last.size);
  }
  return text;
}

std::size_t character_count(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues));
}

std::string float_text(double number) {
  auto text = fmt::format("{}", number);
  return text.find_first_of(".en") == std::string::npos ? text + ".0" : text;
}

std::optional<std::int64_t> integer_of(std::string_view text) {
  text = stripped(text);
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  std::string digits = is_negative ? "-" : "";
  bool after_digit = false;
  for (const char letter : text) {
    if (letter == '_' ? !after_digit : !is_digit(letter)) return std::nullopt;
    after_digit = letter != '_';
    if (after_digit) digits += letter;
  }
  if (!after_digit) return std::nullopt;
  std::int64_t number = 0;
  using Numbers = std::numeric_limits<std::int64_t>;
  const auto end = digits.data() + digits.size();
  if (std::from_chars(digits.data(), end, number).ec == std::errc::result_out_of_range)
    return is_negative ? Numbers::min() : Numbers::max();
  return number;
}

bool is_word(std::string_view text, std::string_view others) {
  while (!text.empty()) {
    const auto [code, size] = first_of(text);
    const bool fits = code < 0x80 ? std::isalnum(static_cast<int>(code)) != 0 || code == '_' ||
                                        others.find(static_cast<char>(code)) != others.npos
                                  : is_alphanumeric(code);
    if (!fits) return false;
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace orrery::gpushare
