#include "http/neolink/decimals.hpp"

#include <fmt/format.h>

namespace orrery::neolink {

std::string decimal(std::uint64_t number, unsigned places) {
  std::uint64_t one = 1;
  for (unsigned i = 0; i < places; ++i) one *= 10;
  auto text = fmt::format("{}.{:0{}}", number / one, number % one, places);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

}  // namespace orrery::neolink
