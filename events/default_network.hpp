#pragma once

#include <string>
#include <string_view>

namespace orrery {

/// The network that a VM is attached to where its request names none.
struct DefaultNetwork {
  std::string network_id;
  std::string subnet_id;
};

/// Every project has one, with one subnet a location. The ids are names turned into UUIDs (version
/// 5), so they are the same for ever: a VM whose events name no subnet, as all did before there
/// were subnets, has always been in this one.
DefaultNetwork default_network(std::string_view project_id, std::string_view location);

}  // namespace orrery
