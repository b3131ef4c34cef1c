#include "events/described_json.hpp"

namespace orrery::described {
namespace json = boost::json;
namespace {

/// Length of the UTF-8 sequence that starts with `lead`; 0 for a byte that starts none.
std::size_t sequence_size(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

/// Overlong forms, surrogates and code points beyond Unicode differ from others in the second byte.
bool fits_lead(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second <= 0x9F;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second <= 0x8F;
    default:
      return true;
  }
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text.front());
    const auto size = sequence_size(lead);
    if (size == 0 || size > text.size()) return false;
    for (std::size_t i = 1; i < size; ++i)
      if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) return false;
    if (size > 1 && !fits_lead(lead, static_cast<unsigned char>(text[1]))) return false;
    text.remove_prefix(size);
  }
  return true;
}

}  // namespace

json::string text_json(std::string_view text) {
  if (is_utf8(text)) return json::string(text);
  constexpr std::string_view digits = "0123456789abcdef";
  json::string hex("hex:");
  for (const auto character : text) {
    const auto byte = static_cast<unsigned char>(character);
    hex.push_back(digits[byte >> 4]);
    hex.push_back(digits[byte & 0xF]);
  }
  return hex;
}

std::string snake_case(std::string_view name) {
  std::string snake;
  for (const auto character : name) {
    const bool upper = character >= 'A' && character <= 'Z';
    if (upper && !snake.empty()) snake.push_back('_');
    snake.push_back(upper ? static_cast<char>(character - 'A' + 'a') : character);
  }
  return snake;
}

}  // namespace orrery::described
