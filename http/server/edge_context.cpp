#include "http/server/edge_context.hpp"

#include <array>
#include <charconv>

#include <fmt/format.h>
#include <sodium.h>

namespace orrery {

RequestIds::RequestIds() {
  std::array<unsigned char, 8> random{};
  randombytes_buf(random.data(), random.size());
  for (const auto byte : random) prefix_ += fmt::format("{:02x}", byte);
  prefix_ += '-';
}

void RequestIds::draw(std::string& id) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), ++count_, 36).ptr;
  id.assign(prefix_).append(digits.data(), end);
}

}  // namespace orrery
