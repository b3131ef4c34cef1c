#include "http/json/plain_text.hpp"

namespace orrery {
namespace {

/// Code points 0x80 to 0x9f are these two bytes.
constexpr bool begins_c1(unsigned char lead, unsigned char next) {
  return lead == 0xc2 && next >= 0x80 && next <= 0x9f;
}

}  // namespace

bool is_plain_text(std::string_view text) {
  bool is_visible = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
    if (byte < 0x20 || byte == 0x7f || begins_c1(byte, next)) return false;
    is_visible = is_visible || byte != ' ';
  }
  return is_visible;
}

}  // namespace orrery
