#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "projections/networks/network_view.hpp"

namespace orrery::mkinf {

boost::json::object network_json(const NetworkDetails& network);
boost::json::object subnet_json(const SubnetDetails& subnet);

/// The bytes of one.
std::string render_network(const NetworkDetails& network);
std::string render_subnet(const SubnetDetails& subnet);

}  // namespace orrery::mkinf
