#pragma once

#include <string>
#include <string_view>

#include "http/gpushare/fields.hpp"

namespace orrery::gpushare {

/// In characters. argon2 would take more; people don't.
inline constexpr std::size_t password_size_max = 128;

/// A password that shall be used, in `field`, and where `confirmation` is given the same once more.
/// Refuses what Django refuses by its numbers alone: shorter than 8 characters, or digits only; and
/// one that is the person's name or address. Empty where it is refused.
std::string read_new_password(Fields& fields, std::string_view field,
                              std::string_view confirmation);

/// Adds what is wrong with a password of somebody who is called so.
void refuse_name_as_password(Fields& fields, std::string_view field, std::string_view password,
                             std::string_view username, std::string_view email);

}  // namespace orrery::gpushare
