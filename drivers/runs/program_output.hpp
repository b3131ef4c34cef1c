#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace orrery {

/// What the program writes to its standard output, found as services' programs are; empty where
/// there is none. It is killed where it takes too long (some seconds), and what it wrote by then
/// counts.
std::string output_of_program(std::string_view name, const std::vector<std::string>& arguments);

}  // namespace orrery
