#include "http/mkinf/firewall_rule_request.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/json/array.hpp>
#include <boost/json/value_from.hpp>

#include "http/json/json_fields.hpp"
#include "http/mkinf/name_field.hpp"

namespace orrery::mkinf {

namespace {

namespace ip = boost::asio::ip;
namespace json = boost::json;

/// Rules longer than this are nobody's intention.
constexpr std::size_t ends_max = 256;
constexpr std::size_t ports_max = 256;
constexpr std::array<std::string_view, 3> known_protocols{"tcp", "udp", "icmp"};
constexpr std::string_view all_ports = "1-65535";

std::optional<std::uint16_t> port(std::string_view text) {
  std::uint16_t number = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number == 0) return std::nullopt;
  return number;
}

FirewallEnd read_end(JsonFields& fields, const RuleReferences& references) {
  FirewallEnd end;
  if (fields.has("cidr") == fields.has("resource_id"))
    fields.refuse("", "must have exactly one of cidr and resource_id");
  if (fields.has("cidr")) {
    const auto cidr = widened_cidr(fields.required_string("cidr", word_bytes_max));
    if (!cidr) fields.refuse("cidr", "must be a CIDR such as \"10.0.0.0/8\", or an IP address");
    end.cidr = cidr.value_or("");
  } else {
    end.resource_id = fields.optional_string("resource_id", word_bytes_max).value_or("");
    if (!references.is_resource(end.resource_id))
      fields.refuse("resource_id", fmt::format("\"{}\" is no VM, subnet or network of the project",
                                               end.resource_id));
  }
  return end;
}

std::vector<FirewallEnd> read_ends(JsonFields& fields, std::string_view name,
                                   const RuleReferences& references) {
  std::vector<FirewallEnd> ends;
  auto readers = fields.optional_objects(name, ends_max);
  if (!readers) fields.refuse(name, "is required");  // Another problem has been told before.
  if (readers && readers->empty()) fields.refuse(name, "must not be empty");
  if (readers)
    for (auto& reader : *readers) ends.push_back(read_end(reader, references));
  return ends;
}

std::vector<std::string> read_ports(JsonFields& fields, std::string_view name) {
  std::vector<std::string> ranges;
  const auto texts = fields.optional_strings(name, ports_max, word_bytes_max);
  for (std::size_t i = 0; texts && i < texts->size(); ++i) {
    auto range = port_range((*texts)[i]);
    if (!range)
      fields.refuse(fmt::format("{}[{}]", name, i),
                    "must be a port from 1 to 65535, a range such as \"8000-9000\", or \"*\"");
    ranges.push_back(range.value_or(""));
  }
  if (ranges.empty()) ranges.emplace_back(all_ports);
  return ranges;
}

std::vector<std::string> read_protocols(JsonFields& fields) {
  std::vector<std::string> protocols;
  const auto texts = fields.optional_strings("protocols", known_protocols.size(), word_bytes_max);
  if (!texts) fields.refuse("protocols", "is required");
  if (texts && texts->empty()) fields.refuse("protocols", "must not be empty");
  for (std::size_t i = 0; texts && i < texts->size(); ++i) {
    if (std::ranges::find(known_protocols, (*texts)[i]) == known_protocols.end())
      fields.refuse(fmt::format("protocols[{}]", i), "must be \"tcp\", \"udp\" or \"icmp\"");
    protocols.emplace_back((*texts)[i]);
  }
  return protocols;
}

/// One of two words; the first where it is neither.
template <class Word>
Word read_word(JsonFields& fields, std::string_view field, std::array<Word, 2> words,
               std::string_view (*name_of)(Word)) {
  const auto text = fields.required_string(field, word_bytes_max);
  if (text == name_of(words[1])) return words[1];
  if (text != name_of(words[0]))
    fields.refuse(field,
                  fmt::format("must be \"{}\" or \"{}\"", name_of(words[0]), name_of(words[1])));
  return words[0];
}

json::array ends_json(const std::vector<FirewallEnd>& ends) {
  json::array array;
  for (const auto& end : ends)
    array.push_back(end.resource_id.empty() ? json::object{{"cidr", end.cidr}}
                                            : json::object{{"resource_id", end.resource_id}});
  return array;
}

}  // namespace

boost::system::result<FirewallRuleCreated, JsonProblem> read_firewall_rule_request(
    std::string_view body, const RuleReferences& references) {
  const auto object = parse_json_object(body);
  if (!object) return object.error();
  JsonFields fields(*object);
  FirewallRuleCreated rule;
  rule.match.name = read_name(fields);
  rule.direction =
      read_word(fields, "direction",
                std::array{TrafficDirection::ingress, TrafficDirection::egress}, direction_name);
  rule.action = read_word(fields, "action", std::array{FirewallAction::allow, FirewallAction::deny},
                          action_name);
  rule.match.protocols = read_protocols(fields);
  rule.match.sources = read_ends(fields, "sources", references);
  rule.match.source_ports = read_ports(fields, "source_ports");
  rule.match.destinations = read_ends(fields, "destinations", references);
  rule.match.destination_ports = read_ports(fields, "destination_ports");
  rule.network_id = fields.required_string("vpc_network_id", word_bytes_max);
  if (!references.is_network(rule.network_id))
    fields.refuse("vpc_network_id",
                  fmt::format("\"{}\" is no network of the project", rule.network_id));
  if (fields.problem()) return JsonProblem{*fields.problem()};
  return rule;
}

boost::system::result<FirewallMatch, JsonProblem> read_firewall_rule_changes(
    std::string_view body, FirewallMatch match, const RuleReferences& references) {
  const auto object = parse_json_object(body);
  if (!object) return object.error();
  JsonFields fields(*object);
  bool changes = false;
  const auto sent = [&](std::string_view field) {
    changes = changes || fields.has(field);
    return fields.has(field);
  };
  if (sent("name")) match.name = read_name(fields);
  if (sent("protocols")) match.protocols = read_protocols(fields);
  if (sent("sources")) match.sources = read_ends(fields, "sources", references);
  if (sent("source_ports")) match.source_ports = read_ports(fields, "source_ports");
  if (sent("destinations")) match.destinations = read_ends(fields, "destinations", references);
  if (sent("destination_ports")) match.destination_ports = read_ports(fields, "destination_ports");
  for (const auto fixed : {"direction", "action", "vpc_network_id", "state"})
    if (fields.has(fixed)) fields.refuse(fixed, "cannot be changed");
  if (fields.problem()) return JsonProblem{*fields.problem()};
  if (!changes)
    return JsonProblem{
        "the body must have at least one of name, protocols, sources, source_ports, "
        "destinations and destination_ports"};
  return match;
}

std::optional<std::string> widened_cidr(std::string_view text) {
  boost::system::error_code error;
  if (text.find('/') == text.npos) {
    const auto address = ip::make_address(text, error);
    if (error || (address.is_v6() && address.to_v6().scope_id() != 0)) return std::nullopt;
    return fmt::format("{}/{}", address.to_string(), address.is_v4() ? 32 : 128);
  }
  const auto v4 = ip::make_network_v4(text, error);
  if (!error) return v4.canonical().to_string();
  const auto v6 = ip::make_network_v6(text, error);
  if (error || v6.address().scope_id() != 0) return std::nullopt;
  return v6.canonical().to_string();
}

std::optional<std::string> port_range(std::string_view text) {
  if (text == "*") return std::string(all_ports);
  const auto dash = text.find('-');
  const auto first = port(text.substr(0, dash));
  if (!first) return std::nullopt;
  if (dash == text.npos) return fmt::format("{}", *first);
  const auto last = port(text.substr(dash + 1));
  if (!last || *last < *first) return std::nullopt;
  return fmt::format("{}-{}", *first, *last);
}

std::string_view direction_name(TrafficDirection direction) {
  return direction == TrafficDirection::ingress ? "ingress" : "egress";
}

std::string_view action_name(FirewallAction action) {
  return action == FirewallAction::allow ? "allow" : "deny";
}

json::object match_json(const FirewallMatch& match) {
  return {{"name", match.name},
          {"protocols", json::value_from(match.protocols)},
          {"sources", ends_json(match.sources)},
          {"source_ports", json::value_from(match.source_ports)},
          {"destinations", ends_json(match.destinations)},
          {"destination_ports", json::value_from(match.destination_ports)}};
}

json::object request_json(const FirewallRuleCreated& rule) {
  auto request = match_json(rule.match);
  request.emplace("direction", direction_name(rule.direction));
  request.emplace("action", action_name(rule.action));
  request.emplace("vpc_network_id", rule.network_id);
  return request;
}

}  // namespace orrery::mkinf
