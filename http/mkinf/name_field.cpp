#include "http/mkinf/name_field.hpp"

#include <algorithm>

namespace orrery::mkinf {

namespace {

bool is_control(char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F; }

}  // namespace

std::string read_name(JsonFields& fields, std::string_view field) {
  const auto name = fields.required_string(field, name_bytes_max);
  if (std::ranges::any_of(name, is_control))
    fields.refuse(field, "must not have control characters");
  return std::string(name);
}

}  // namespace orrery::mkinf
