#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace orrery {

// The fields of a line that `scontrol --oneliner` prints.

using Fields = std::map<std::string_view, std::string_view, std::less<>>;

/// Of "A=1 B=2 c d=3" the first "A", "B" …: a value that is free text can't replace a field that
/// stands before it.
Fields fields_of(std::string_view line);

/// Empty too where it is "(null)" or "N/A".
std::string_view text_field(const Fields& fields, std::string_view name);
/// 0 where it isn't a number.
std::uint32_t number_field(const Fields& fields, std::string_view name);
/// Parted by commas.
std::vector<std::string> list_field(const Fields& fields, std::string_view name);

/// Whole minutes of "7-00:00:00" or "02:00:00"; 0 of "UNLIMITED", "NONE" and the like.
std::uint32_t slurm_minutes(std::string_view text);

}  // namespace orrery
