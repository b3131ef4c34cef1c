#include "actors/network/default_subnet.hpp"

#include <algorithm>

#include "actors/network/network.hpp"

namespace orrery {
namespace {

/// 64 locations of this size fit.
constexpr std::uint8_t usual_prefix_length = 14;
constexpr std::uint8_t smallest_prefix_length = 20;

/// The lowest block of this size that is free; nothing where all are taken.
std::optional<Ipv4Block> free_block(const std::vector<Ipv4Block>& subnets,
                                    std::uint8_t prefix_length) {
  const auto network = Ipv4Block::parse(default_network_cidr).value();
  Ipv4Block block{network.base, prefix_length};
  for (; network.contains(block); block.base += static_cast<std::uint32_t>(block.size()))
    if (std::ranges::none_of(subnets, [&](const auto& subnet) { return subnet.overlaps(block); }))
      return block;
  return std::nullopt;
}

}  // namespace

std::optional<Ipv4Block> default_subnet_block(const std::vector<Ipv4Block>& subnets) {
  if (subnets.size() >= Network::subnet_count_max) return std::nullopt;
  for (auto length = usual_prefix_length; length <= smallest_prefix_length; ++length)
    if (const auto block = free_block(subnets, length)) return block;
  return std::nullopt;
}

}  // namespace orrery
