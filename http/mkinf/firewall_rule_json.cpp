#include "http/mkinf/firewall_rule_json.hpp"

#include <boost/json/serialize.hpp>

#include "http/mkinf/firewall_rule_request.hpp"

namespace orrery::mkinf {

boost::json::object firewall_rule_json(const FirewallRuleDetails& details) {
  const auto& rule = details.rule;
  boost::json::object object{{"id", details.id},
                             {"name", rule.match.name},
                             {"vpc_network_id", rule.network_id},
                             {"direction", direction_name(rule.direction)},
                             {"action", action_name(rule.action)},
                             {"state", details.active ? "active" : "inactive"}};
  for (auto& [name, value] : match_json(rule.match)) object.emplace(name, std::move(value));
  return object;
}

std::string render_firewall_rule(const FirewallRuleDetails& rule) {
  return boost::json::serialize(firewall_rule_json(rule));
}

}  // namespace orrery::mkinf
