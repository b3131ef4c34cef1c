#pragma once

#include <string>

#include <boost/describe.hpp>

namespace orrery {

/// Public addresses that VMs at a location may get, or the pool was declared anew with more of
/// them. Stream: address_pool/<name>. Which are in use is the VMs' own to tell (`VmPlaced`).
struct AddressPoolDeclared {
  std::string location;
  /// Such as "204.52.24.0/24". All of its addresses are given out.
  std::string cidr;

  bool operator==(const AddressPoolDeclared&) const = default;
  BOOST_DESCRIBE_CLASS(AddressPoolDeclared, (), (location, cidr), (), ())
};

}  // namespace orrery
