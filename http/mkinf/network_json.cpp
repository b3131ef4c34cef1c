#include "http/mkinf/network_json.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value_from.hpp>

#include "actors/network/ipv4_block.hpp"

namespace orrery::mkinf {

namespace json = boost::json;

json::object network_json(const NetworkDetails& network) {
  const auto block = Ipv4Block::parse(network.cidr);
  return {{"id", network.id},
          {"name", network.name},
          {"cidr", network.cidr},
          {"gateway", block ? gateway_of(*block) : std::string()},
          {"subnets", json::value_from(network.subnet_ids)}};
}

json::object subnet_json(const SubnetDetails& subnet) {
  return {{"id", subnet.id},
          {"name", subnet.name},
          {"cidr", subnet.cidr},
          {"location", subnet.location},
          {"vpc_network_id", subnet.network_id}};
}

std::string render_network(const NetworkDetails& network) {
  return json::serialize(network_json(network));
}

std::string render_subnet(const SubnetDetails& subnet) {
  return json::serialize(subnet_json(subnet));
}

}  // namespace orrery::mkinf
