#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/system/result.hpp>

#include "events/firewall_rule_events.hpp"
#include "http/json/json_body.hpp"

namespace orrery::mkinf {

/// What a rule may name, asked by id.
struct RuleReferences {
  std::function<bool(std::string_view)> is_network;
  /// A VM, a subnet or a network of the project.
  std::function<bool(std::string_view)> is_resource;
};

/// The body of a create, with every word and reference checked; the project stays empty. The
/// problem names the field.
boost::system::result<FirewallRuleCreated, JsonProblem> read_firewall_rule_request(
    std::string_view body, const RuleReferences& references);

/// The body of a PATCH upon what the rule matches now. Fields that aren't sent stay.
boost::system::result<FirewallMatch, JsonProblem> read_firewall_rule_changes(
    std::string_view body, FirewallMatch match, const RuleReferences& references);

/// The canonical CIDR of a block or a bare address, IPv4 or IPv6: "10.0.0.7" → "10.0.0.7/32",
/// "10.0.0.7/8" → "10.0.0.0/8". Nothing for what is neither.
std::optional<std::string> widened_cidr(std::string_view text);

/// "22" or "8000-9000", without leading zeros; "*" → "1-65535". Nothing for what is neither.
std::optional<std::string> port_range(std::string_view text);

/// The API's names.
std::string_view direction_name(TrafficDirection direction);
std::string_view action_name(FirewallAction action);

/// Name, protocols, sources, ports, destinations: what may be changed.
boost::json::object match_json(const FirewallMatch& match);

/// The request as operations show it.
boost::json::object request_json(const FirewallRuleCreated& rule);

}  // namespace orrery::mkinf
