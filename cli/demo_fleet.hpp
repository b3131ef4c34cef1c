#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/system/result.hpp>

#include "actors/runtime/command.hpp"
#include "cli/fleet_arrival.hpp"

namespace orrery {

class CommandGateway;

struct ReadModels;

/// What a development server offers: clusters with public addresses, images, the prices of the
/// mkinf document, and nodes; and clusters for containers, for services and for batch jobs, which
/// VMs know nothing of.
struct DemoFleet {
  std::vector<To<Cluster>> clusters;
  std::vector<To<AddressPool>> address_pools;
  std::vector<To<Image>> images;
  std::vector<To<Price>> prices;
  std::vector<To<Node>> nodes;
  /// Of the cluster that the built-in catalogue sells.
  std::vector<To<Node>> container_nodes;
  /// Of the cluster that services run in.
  std::vector<To<Node>> service_nodes;
  /// Of the university's center.
  std::vector<To<Node>> center_nodes;
};

/// A fleet of `node_count` nodes for VMs, dealt in turn to the three locations of the mkinf
/// document and, within each, to the four GPU models. Node i is the same in a fleet of any size, so
/// a server may be started again with another count.
DemoFleet demo_fleet(std::uint32_t node_count);

/// Takes out what exists already: an operator may have changed it since. Nodes stay in, as they
/// never change.
void leave_out_known(DemoFleet& fleet, const ReadModels& models);

/// The prices of the mkinf document alone, for a server where nobody has set any price yet.
DemoFleet first_prices(const ReadModels& models);

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
