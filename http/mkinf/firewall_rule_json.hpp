#pragma once

#include <string>

#include <boost/json/object.hpp>

#include "projections/firewall_rules/firewall_rule_view.hpp"

namespace orrery::mkinf {

boost::json::object firewall_rule_json(const FirewallRuleDetails& rule);

/// The bytes of one rule.
std::string render_firewall_rule(const FirewallRuleDetails& rule);

}  // namespace orrery::mkinf
