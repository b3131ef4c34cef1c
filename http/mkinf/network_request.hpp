#pragma once

#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include "events/network_events.hpp"
#include "http/json/json_body.hpp"
#include "projections/catalogue/catalogue_view.hpp"

namespace orrery::mkinf {

/// The body of a create; the project stays empty. The problem names the field.
boost::system::result<NetworkCreated, JsonProblem> read_network_request(std::string_view body);

/// The body of a subnet's create: what is added, with an empty id, and to which network.
struct SubnetRequest {
  SubnetAdded subnet;
  std::string network_id;
};
boost::system::result<SubnetRequest, JsonProblem> read_subnet_request(std::string_view body,
                                                                      const Catalogue& catalogue);

/// The body of a PATCH of either, which changes the name and nothing else.
boost::system::result<std::string, JsonProblem> read_new_name(std::string_view body);

}  // namespace orrery::mkinf
