#pragma once

#include <string>
#include <variant>

#include <boost/describe.hpp>

namespace orrery {

/// A private network of a project. Stream: network/<id>. Its subnets live in the same stream, so
/// that one place decides whether two of them overlap.
struct NetworkCreated {
  std::string project_id;
  std::string name;
  /// Such as "172.27.0.0/16"; its subnets lie within.
  std::string cidr;

  bool operator==(const NetworkCreated&) const = default;
  BOOST_DESCRIBE_CLASS(NetworkCreated, (), (project_id, name, cidr), (), ())
};

struct NetworkRenamed {
  std::string name;

  bool operator==(const NetworkRenamed&) const = default;
  BOOST_DESCRIBE_CLASS(NetworkRenamed, (), (name), (), ())
};

/// VMs at `location` may get addresses within `cidr`, which overlaps with no other subnet of the
/// network.
struct SubnetAdded {
  std::string subnet_id;
  std::string name;
  std::string cidr;
  std::string location;

  bool operator==(const SubnetAdded&) const = default;
  BOOST_DESCRIBE_CLASS(SubnetAdded, (), (subnet_id, name, cidr, location), (), ())
};

struct SubnetRenamed {
  std::string subnet_id;
  std::string name;

  bool operator==(const SubnetRenamed&) const = default;
  BOOST_DESCRIBE_CLASS(SubnetRenamed, (), (subnet_id, name), (), ())
};

struct SubnetRemoved {
  std::string subnet_id;

  bool operator==(const SubnetRemoved&) const = default;
  BOOST_DESCRIBE_CLASS(SubnetRemoved, (), (subnet_id), (), ())
};

/// The network is gone, and its subnets with it.
struct NetworkDeleted {
  bool operator==(const NetworkDeleted&) const = default;
  BOOST_DESCRIBE_CLASS(NetworkDeleted, (), (), (), ())
};

using NetworkEvent = std::variant<NetworkCreated, NetworkRenamed, SubnetAdded, SubnetRenamed,
                                  SubnetRemoved, NetworkDeleted>;

}  // namespace orrery
