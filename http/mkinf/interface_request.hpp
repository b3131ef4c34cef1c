#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>

#include "events/vm_events.hpp"
#include "http/json/json_fields.hpp"

namespace orrery::mkinf {

/// How a request wants a VM attached to a network.
struct InterfaceWish {
  /// Empty: where it is, or the default subnet of its location.
  std::string subnet_id;
  /// Where the request names it too, the subnet has to lie in it.
  std::string network_id;
  /// Nothing: as it is, or dynamic.
  std::optional<PublicAddress> public_address;
};

/// The one interface in `network_interfaces`; nothing where the field is absent or wrong. An empty
/// `ips`, or one without `public_ipv4`, asks for no public address. Addresses are given by the
/// server: a request that brings its own is refused.
std::optional<InterfaceWish> read_interface(JsonFields& fields);

/// An interface as operations show the request for it.
boost::json::array interfaces_json(std::string_view subnet_id, PublicAddress public_address);

}  // namespace orrery::mkinf
