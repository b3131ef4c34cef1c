#pragma once

#include <cstdint>
#include <string>

namespace orrery::neolink {

/// `number` divided by ten to the power of `places`, as a plain decimal number without zeros at its
/// end: 250 with 2 places is "2.5", 1000 is "10". Not negative.
std::string decimal(std::uint64_t number, unsigned places);

}  // namespace orrery::neolink
