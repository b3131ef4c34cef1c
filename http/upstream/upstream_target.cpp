#include "http/upstream/upstream_target.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace orrery {

namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

std::uint32_t first_octet(const address_v4& v4) { return v4.to_uint() >> 24; }

/// Where Alibaba's cloud tells whoever asks from within a machine what only the machine should
/// know; most others do so at a link-local address.
bool is_metadata(const address_v4& v4) { return v4.to_uint() == 0x646464C8; }  // 100.100.100.200

bool is_neighbourhood(const address_v4& v4) {
  const bool is_link_local = (v4.to_uint() >> 16) == 0xA9FE;  // 169.254/16: metadata services.
  const bool is_this_network = first_octet(v4) == 0;
  // 240/4 is reserved, and its last address is the broadcast.
  const bool is_reserved = first_octet(v4) >= 240;
  return is_link_local || is_this_network || is_reserved || v4.is_multicast() || is_metadata(v4);
}

/// The IPv4 address that an IPv6 one stands for: mapped (::ffff:0:0/96), compatible (::/96), or by
/// way of a translator (64:ff9b::/96, 64:ff9b:1::/48) or tunnel (2002::/16), which may lead back
/// here too. Nothing for others.
std::optional<address_v4> embedded(const address_v6& v6) {
  const auto bytes = v6.to_bytes();
  const auto from = [&](std::size_t at) {
    return address_v4({bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]});
  };
  const auto zero_until = [&](std::size_t end) {
    for (std::size_t i = 0; i < end; ++i)
      if (bytes[i] != 0) return false;
    return true;
  };
  if (v6.is_v4_mapped() || zero_until(12)) return from(12);
  if (bytes[0] == 0x00 && bytes[1] == 0x64 && bytes[2] == 0xFF && bytes[3] == 0x9B) return from(12);
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return from(2);
  return std::nullopt;
}

/// The same of Amazon's.
bool is_metadata(const address_v6& v6) {
  static const auto amazon = boost::asio::ip::make_address_v6("fd00:ec2::254");
  return v6 == amazon;
}

bool is_loopback(const address& address) {
  if (address.is_v4()) return address.to_v4().is_loopback();
  return address.to_v6().is_loopback() ||
         (address.to_v6().is_v4_mapped() && embedded(address.to_v6())->is_loopback());
}

bool is_on_network(const address& address) {
  if (address.is_v4()) return !address.is_loopback() && !is_neighbourhood(address.to_v4());
  const auto v6 = address.to_v6();
  if (const auto v4 = embedded(v6)) return is_on_network(*v4);
  return !v6.is_link_local() && !v6.is_multicast() && !v6.is_site_local() && !is_metadata(v6);
}

bool is_in(const address_v4& v4, const char* first, unsigned prefix_length) {
  const auto shift = 32 - prefix_length;
  return v4.to_uint() >> shift == boost::asio::ip::make_address_v4(first).to_uint() >> shift;
}

bool is_private(const address_v4& v4) {
  constexpr std::array<std::pair<const char*, unsigned>, 9> networks{{
      {"10.0.0.0", 8},
      {"172.16.0.0", 12},
      {"192.168.0.0", 16},
      {"100.64.0.0", 10},  // Shared by the customers of a provider.
      {"192.0.0.0", 24},   // Protocols' own.
      {"198.18.0.0", 15},  // Measuring devices.
      {"192.0.2.0", 24},   // Documentation, as are the next two.
      {"198.51.100.0", 24},
      {"203.0.113.0", 24},
  }};
  return std::any_of(networks.begin(), networks.end(),
                     [&](const auto& network) { return is_in(v4, network.first, network.second); });
}

bool is_on_internet(const address& address) {
  if (!is_on_network(address)) return false;
  if (address.is_v4()) return !is_private(address.to_v4());
  const auto v6 = address.to_v6();
  if (const auto v4 = embedded(v6)) return !is_private(*v4);
  const auto bytes = v6.to_bytes();
  // What is given out on the internet lies in 2000::/3, but for tunnels to whoever (2001::/32) and
  // documentation (2001:db8::/32).
  const bool is_given_out = (bytes[0] & 0xE0) == 0x20;
  const bool is_2001 = bytes[0] == 0x20 && bytes[1] == 0x01;
  const bool is_tunnel = is_2001 && bytes[2] == 0 && bytes[3] == 0;
  const bool is_documentation = is_2001 && bytes[2] == 0x0D && bytes[3] == 0xB8;
  return is_given_out && !is_tunnel && !is_documentation;
}

}  // namespace

bool may_reach(UpstreamReach reach, const address& address) {
  switch (reach) {
    case UpstreamReach::network:
      return is_on_network(address);
    case UpstreamReach::this_host:
      return is_loopback(address);
    case UpstreamReach::internet:
      return is_on_internet(address);
    case UpstreamReach::anywhere:
      return is_loopback(address) || is_on_network(address);
  }
  return false;
}

}  // namespace orrery
