#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "actors/network/ipv4_block.hpp"

namespace orrery {

/// The addresses of every default network.
inline constexpr std::string_view default_network_cidr = "10.0.0.0/8";

/// Where the next default subnet goes in a default network that has these subnets: the lowest free
/// block with room for a quarter of a million VMs, or a smaller one where customers' own subnets
/// leave no room for that. Nothing where they leave none at all, or the network has all the subnets
/// that it may have: then that default subnet will not come, unless one of these goes.
std::optional<Ipv4Block> default_subnet_block(const std::vector<Ipv4Block>& subnets);

}  // namespace orrery
