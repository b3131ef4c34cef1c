#pragma once

#include <cstdint>
#include <string>

#include <boost/asio/ip/address.hpp>

namespace orrery {

/// Which addresses a target may have.
enum class UpstreamReach : std::uint8_t {
  /// Any but those that lead back to this machine or its neighbourhood's services: no loopback,
  /// link-local, multicast, broadcast or unspecified ones, in whichever notation.
  network,
  /// Loopback only: what runs on this host because we started it there.
  this_host,
  /// Of `network`, only what everybody on the internet reaches: nothing private, shared, reserved
  /// or for documentation, and not this machine by its outer addresses. For targets that strangers
  /// name.
  internet,
  /// What `network` or `this_host` may: where those who name targets are trusted.
  anywhere,
};

/// A server that we ask on somebody's behalf.
struct UpstreamTarget {
  /// An address or a name. A name is resolved for each connection; the addresses are judged, and
  /// one that may be used is connected to as it was judged.
  std::string host;
  std::uint16_t port = 0;
  /// What stands before the path of every request, such as "/services/17"; no slash at the end.
  std::string base_path;
  UpstreamReach reach = UpstreamReach::network;

  bool operator==(const UpstreamTarget&) const = default;
};

/// Whether a connection may be made to the address.
bool may_reach(UpstreamReach reach, const boost::asio::ip::address& address);

}  // namespace orrery
