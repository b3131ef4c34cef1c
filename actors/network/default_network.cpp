#include "actors/network/default_network.hpp"

#include <fmt/format.h>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace orrery {

DefaultNetwork default_network(std::string_view project_id, std::string_view location) {
  const boost::uuids::name_generator_sha1 name(boost::uuids::ns::oid());
  const auto network = name(fmt::format("orrery/network/{}", project_id));
  const auto subnet = name(fmt::format("orrery/subnet/{}/{}", project_id, location));
  return {to_string(network), to_string(subnet)};
}

}  // namespace orrery
