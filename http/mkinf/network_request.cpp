#include "http/mkinf/network_request.hpp"

#include <array>
#include <optional>

#include <fmt/format.h>
#include <boost/asio/ip/network_v4.hpp>

#include "actors/network/network.hpp"
#include "http/json/json_fields.hpp"
#include "http/mkinf/name_field.hpp"

namespace orrery::mkinf {

namespace {

namespace ip = boost::asio::ip;

/// What is set aside for private use (RFC 1918): networks lie within.
bool is_private(const ip::network_v4& block) {
  static const std::array ranges{ip::make_network_v4("10.0.0.0/8"),
                                 ip::make_network_v4("172.16.0.0/12"),
                                 ip::make_network_v4("192.168.0.0/16")};
  for (const auto& range : ranges)
    if (block == range || block.is_subnet_of(range)) return true;
  return false;
}

/// An IPv4 block in its one canonical form. Bits beyond the prefix are told, not cut off: whoever
/// sends them means another block.
std::string read_block(JsonFields& fields) {
  const auto text = fields.required_string("cidr", word_bytes_max);
  boost::system::error_code error;
  const auto block = ip::make_network_v4(text, error);
  if (error) {
    fields.refuse("cidr", "must be an IPv4 block such as \"10.0.0.0/16\"");
    return {};
  }
  const auto canonical = block.canonical().to_string();
  if (canonical != text)
    fields.refuse("cidr", fmt::format("has bits beyond its prefix: \"{}\"?", canonical));
  if (block.prefix_length() < Network::prefix_length_min ||
      block.prefix_length() > Network::prefix_length_max)
    fields.refuse("cidr", fmt::format("must have a prefix from /{} to /{}",
                                      Network::prefix_length_min, Network::prefix_length_max));
  if (!is_private(block))
    fields.refuse("cidr", "must lie within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16");
  return canonical;
}

}  // namespace

boost::system::result<NetworkCreated, JsonProblem> read_network_request(std::string_view body) {
  const auto object = parse_json_object(body);
  if (!object) return object.error();
  JsonFields fields(*object);
  NetworkCreated network;
  network.name = read_name(fields);
  network.cidr = read_block(fields);
  if (fields.problem()) return JsonProblem{*fields.problem()};
  return network;
}

boost::system::result<SubnetRequest, JsonProblem> read_subnet_request(std::string_view body,
                                                                      const Catalogue& catalogue) {
  const auto object = parse_json_object(body);
  if (!object) return object.error();
  JsonFields fields(*object);
  SubnetRequest request;
  request.subnet.name = read_name(fields);
  request.subnet.cidr = read_block(fields);
  request.subnet.location = fields.required_string("location", word_bytes_max);
  if (catalogue.cluster_at(request.subnet.location) == nullptr)
    fields.refuse("location",
                  fmt::format("\"{}\" is unknown, see locations", request.subnet.location));
  request.network_id = fields.required_string("vpc_network_id", word_bytes_max);
  if (fields.problem()) return JsonProblem{*fields.problem()};
  return request;
}

boost::system::result<std::string, JsonProblem> read_new_name(std::string_view body) {
  const auto object = parse_json_object(body);
  if (!object) return object.error();
  JsonFields fields(*object);
  for (const auto fixed : {"cidr", "location", "vpc_network_id", "subnets", "gateway"})
    if (fields.has(fixed)) fields.refuse(fixed, "cannot be changed, only name can");
  auto name = read_name(fields);
  if (fields.problem()) return JsonProblem{*fields.problem()};
  return {boost::system::in_place_value, std::move(name)};
}

}  // namespace orrery::mkinf
