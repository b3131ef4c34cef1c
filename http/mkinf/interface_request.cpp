#include "http/mkinf/interface_request.hpp"

#include <boost/json/object.hpp>

#include "http/mkinf/name_field.hpp"

namespace orrery::mkinf {

namespace {

std::string word_in(JsonFields& fields, std::string_view name) {
  return std::string(fields.optional_string(name, word_bytes_max).value_or(""));
}

void refuse_own_address(JsonFields& address) {
  if (!word_in(address, "address").empty())
    address.refuse("address", "is given by the server and can't be chosen");
}

PublicAddress read_public_address(JsonFields address) {
  refuse_own_address(address);
  const auto type = word_in(address, "type");
  if (type == "static") return PublicAddress::fixed;
  if (type == "none") return PublicAddress::none;
  if (!type.empty() && type != "dynamic")
    address.refuse("type", "must be \"dynamic\" or \"static\"");
  return PublicAddress::dynamic;
}

std::optional<PublicAddress> read_addresses(JsonFields& interface) {
  auto pairs = interface.optional_objects("ips", 1);
  if (!pairs) return std::nullopt;
  if (pairs->empty()) return PublicAddress::none;
  auto& pair = pairs->front();
  if (auto address = pair.optional_object("private_ipv4")) refuse_own_address(*address);
  const auto address = pair.optional_object("public_ipv4");
  return address ? read_public_address(*address) : PublicAddress::none;
}

}  // namespace

std::optional<InterfaceWish> read_interface(JsonFields& fields) {
  auto interfaces = fields.optional_objects("network_interfaces", 1);
  if (!interfaces) return std::nullopt;
  if (interfaces->empty()) {
    fields.refuse("network_interfaces", "must have one interface: every VM has exactly one");
    return std::nullopt;
  }
  auto& interface = interfaces->front();
  InterfaceWish wish;
  wish.subnet_id = word_in(interface, "subnet");
  wish.network_id = word_in(interface, "network");
  wish.public_address = read_addresses(interface);
  return wish;
}

boost::json::array interfaces_json(std::string_view subnet_id, PublicAddress public_address) {
  boost::json::array ips;
  if (public_address != PublicAddress::none) {
    const bool is_fixed = public_address == PublicAddress::fixed;
    const boost::json::object address{{"type", is_fixed ? "static" : "dynamic"}};
    ips.push_back(boost::json::object{{"public_ipv4", address}});
  }
  return {boost::json::object{{"subnet", subnet_id}, {"ips", std::move(ips)}}};
}

}  // namespace orrery::mkinf
