#include "http/neolink/image_name.hpp"

#include <algorithm>

namespace orrery::neolink {

namespace {

constexpr std::size_t bytes_max = 128;

bool is_lower_or_digit(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
}

bool is_word(char letter) {
  return is_lower_or_digit(letter) || (letter >= 'A' && letter <= 'Z') || letter == '_';
}

/// What may join two parts of a name.
bool is_joint(std::string_view text) {
  const bool is_dashes = text.find_first_not_of('-') == text.npos;
  return is_dashes || text == "." || text == "_" || text == "__";
}

}  // namespace

bool is_image_name(std::string_view name) {
  if (name.empty() || name.size() > bytes_max) return false;
  if (!is_lower_or_digit(name.front()) || !is_lower_or_digit(name.back())) return false;
  while (!name.empty()) {
    const auto* const part_end = std::ranges::find_if_not(name, is_lower_or_digit);
    const auto* const joint_end = std::find_if(part_end, name.end(), is_lower_or_digit);
    if (part_end != joint_end && !is_joint({part_end, joint_end})) return false;
    name = {joint_end, name.end()};
  }
  return true;
}

bool is_image_tag(std::string_view tag) {
  if (tag.empty() || tag.size() > bytes_max || !is_word(tag.front())) return false;
  return std::ranges::all_of(
      tag, [](char letter) { return is_word(letter) || letter == '.' || letter == '-'; });
}

}  // namespace orrery::neolink
