#include "drivers/slurm/port/text_fields.hpp"

#include <array>

#include "drivers/slurm/port/slurm_words.hpp"

namespace orrery {
namespace {

bool is_name(std::string_view text) {
  return !text.empty() && text.find_first_not_of(
                              "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvw"
                              "xyz_") == text.npos;
}

}  // namespace

Fields fields_of(std::string_view line) {
  Fields fields;
  for (const auto word : split_text(line, ' ')) {
    const auto equals = word.find('=');
    if (equals != word.npos && is_name(word.substr(0, equals)))
      fields.emplace(word.substr(0, equals), word.substr(equals + 1));
  }
  return fields;
}

std::string_view text_field(const Fields& fields, std::string_view name) {
  const auto found = fields.find(name);
  if (found == fields.end() || found->second == "(null)" || found->second == "N/A") return {};
  return found->second;
}

std::uint32_t number_field(const Fields& fields, std::string_view name) {
  return static_cast<std::uint32_t>(whole_number(text_field(fields, name)).value_or(0));
}

std::vector<std::string> list_field(const Fields& fields, std::string_view name) {
  std::vector<std::string> list;
  for (const auto part : split_text(text_field(fields, name), ',')) list.emplace_back(part);
  return list;
}

/// "7-00:00:00" has days, hours, minutes and seconds; "02:00:00" the last three.
std::uint32_t slurm_minutes(std::string_view text) {
  constexpr std::array<std::uint64_t, 3> seconds_of{3'600, 60, 1};
  const auto dash = text.find('-');
  const auto clock = split_text(text.substr(dash == text.npos ? 0 : dash + 1), ':');
  if (clock.size() != seconds_of.size()) return 0;
  std::uint64_t seconds = 0;
  if (dash != text.npos) seconds = whole_number(text.substr(0, dash)).value_or(0) * 24 * 3'600;
  for (std::size_t i = 0; i < clock.size(); ++i)
    seconds += whole_number(clock[i]).value_or(0) * seconds_of[i];
  return static_cast<std::uint32_t>(seconds / 60);
}

}  // namespace orrery
