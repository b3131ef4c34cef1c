#include "events/default_network.hpp"

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace orrery {

DefaultNetwork default_network(std::string_view project_id, std::string_view location) {
  const boost::uuids::name_generator_sha1 name(boost::uuids::ns::oid());
  const auto project = std::string(project_id);
  const auto network = name("orrery/network/" + project);
  const auto subnet = name("orrery/subnet/" + project + "/" + std::string(location));
  return {to_string(network), to_string(subnet)};
}

}  // namespace orrery
