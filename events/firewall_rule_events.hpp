#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <boost/describe.hpp>

namespace orrery {

BOOST_DEFINE_FIXED_ENUM_CLASS(TrafficDirection, std::uint8_t, ingress, egress)
BOOST_DEFINE_FIXED_ENUM_CLASS(FirewallAction, std::uint8_t, allow, deny)

/// One end of the traffic that a rule is about: exactly one of the two is set.
struct FirewallEnd {
  /// Such as "0.0.0.0/0".
  std::string cidr;
  /// A VM, a subnet or a network of the project.
  std::string resource_id;

  bool operator==(const FirewallEnd&) const = default;
  BOOST_DESCRIBE_CLASS(FirewallEnd, (), (cidr, resource_id), (), ())
};

/// What may be changed about a rule.
struct FirewallMatch {
  std::string name;
  /// "tcp", "udp", "icmp".
  std::vector<std::string> protocols;
  std::vector<FirewallEnd> sources;
  /// "22" or "8000-9000"; "1-65535" for all.
  std::vector<std::string> source_ports;
  std::vector<FirewallEnd> destinations;
  std::vector<std::string> destination_ports;

  bool operator==(const FirewallMatch&) const = default;
  BOOST_DESCRIBE_CLASS(FirewallMatch, (),
                       (name, protocols, sources, source_ports, destinations, destination_ports),
                       (), ())
};

/// A rule for traffic in a network. Stream: firewall_rule/<id>.
struct FirewallRuleCreated {
  std::string project_id;
  std::string network_id;
  TrafficDirection direction = TrafficDirection::ingress;
  FirewallAction action = FirewallAction::allow;
  FirewallMatch match;

  bool operator==(const FirewallRuleCreated&) const = default;
  BOOST_DESCRIBE_CLASS(FirewallRuleCreated, (), (project_id, network_id, direction, action, match),
                       (), ())
};

struct FirewallRuleChanged {
  FirewallMatch match;

  bool operator==(const FirewallRuleChanged&) const = default;
  BOOST_DESCRIBE_CLASS(FirewallRuleChanged, (), (match), (), ())
};

struct FirewallRuleDeleted {
  bool operator==(const FirewallRuleDeleted&) const = default;
  BOOST_DESCRIBE_CLASS(FirewallRuleDeleted, (), (), (), ())
};

using FirewallRuleEvent =
    std::variant<FirewallRuleCreated, FirewallRuleChanged, FirewallRuleDeleted>;

}  // namespace orrery
