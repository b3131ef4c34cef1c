#include "actors/network/ipv4_block.hpp"

#include <charconv>

#include <boost/asio/ip/address_v4.hpp>

namespace orrery {
namespace {

using boost::asio::ip::address_v4;
using boost::asio::ip::make_address_v4;

}  // namespace

std::string ipv4_text(std::uint32_t address) { return address_v4(address).to_string(); }

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
  boost::system::error_code error;
  const auto address = make_address_v4(std::string(text), error);
  // What reads "010.0.0.1" or "1.2.3.4 x" otherwise than it is written is no address.
  if (error || address.to_string() != text) return std::nullopt;
  return address.to_uint();
}

std::optional<Ipv4Block> Ipv4Block::parse(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto address = parse_ipv4(text.substr(0, slash));
  if (!address) return std::nullopt;
  Ipv4Block block{*address, 0};
  const auto digits = text.substr(slash + 1);
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), block.prefix_length);
  if (error != std::errc{} || block.prefix_length > 32 || block.text() != text) return std::nullopt;
  const auto bits_beyond = block.base & static_cast<std::uint32_t>(block.size() - 1);
  return bits_beyond == 0 ? std::optional(block) : std::nullopt;
}

std::string Ipv4Block::text() const {
  return ipv4_text(base) + "/" + std::to_string(prefix_length);
}

std::optional<Ipv4Range> host_range(const Ipv4Block& subnet) {
  if (subnet.size() < 4) return std::nullopt;
  return Ipv4Range{subnet.base + 2, subnet.last() - 1};
}

std::string gateway_of(const Ipv4Block& block) { return ipv4_text(block.base + 1); }

}  // namespace orrery
