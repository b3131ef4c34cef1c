#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orrery {

/// Addresses that share a prefix, written as CIDR: "172.27.0.0/16". Addresses are numbers in host
/// byte order.
struct Ipv4Block {
  std::uint32_t base = 0;
  std::uint8_t prefix_length = 0;

  /// Nothing where `text` is no block in its one canonical form: no bits beyond the prefix, no
  /// leading zeros.
  static std::optional<Ipv4Block> parse(std::string_view text);

  std::string text() const;
  std::uint64_t size() const { return std::uint64_t{1} << (32 - prefix_length); }
  std::uint32_t last() const { return static_cast<std::uint32_t>(base + (size() - 1)); }
  bool contains(std::uint32_t address) const { return address >= base && address <= last(); }
  bool contains(const Ipv4Block& other) const {
    return other.prefix_length >= prefix_length && contains(other.base);
  }
  bool overlaps(const Ipv4Block& other) const { return contains(other) || other.contains(*this); }

  bool operator==(const Ipv4Block&) const = default;
};

/// "172.27.23.237", both ways.
std::string ipv4_text(std::uint32_t address);
std::optional<std::uint32_t> parse_ipv4(std::string_view text);

/// What VMs of a subnet may get: not its own address, not its gateway (the first after it), not the
/// broadcast address (the last). Both ends belong to the range; a block of less than four addresses
/// has none.
struct Ipv4Range {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
};
std::optional<Ipv4Range> host_range(const Ipv4Block& subnet);

/// The gateway of a network or subnet: its first address after its own.
std::string gateway_of(const Ipv4Block& block);

}  // namespace orrery
