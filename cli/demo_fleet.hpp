#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/system/result.hpp>

#include "actors/runtime/command.hpp"
#include "cli/fleet_arrival.hpp"

namespace orrery {

class CommandGateway;

/// Clusters, images and nodes that a development server offers.
struct DemoFleet {
  std::vector<To<Cluster>> clusters;
  std::vector<To<Image>> images;
  std::vector<To<Node>> nodes;
};

/// A fleet of `node_count` nodes, dealt in turn to the three locations of the mkinf document and,
/// within each, to the four GPU models. Node i is the same in a fleet of any size, so a server may
/// be started again with another count.
DemoFleet demo_fleet(std::uint32_t node_count);

struct DemoFailure {
  std::string message;
};
[[noreturn]] void throw_exception_from_error(const DemoFailure& failure,
                                             const boost::source_location& location);

/// Declares the fleet and blocks until all of it is durable, so call it from no actor and no
/// serving thread. What exists already stays as it is; the answer is what is new and has yet to
/// boot.
boost::system::result<FleetArrival::Count, DemoFailure> declare_fleet(CommandGateway& gateway,
                                                                      const DemoFleet& fleet);

}  // namespace orrery
