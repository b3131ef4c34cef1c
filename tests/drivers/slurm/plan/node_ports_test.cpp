#include "drivers/slurm/plan/node_ports.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <catch2/catch.hpp>

#include "storage/descriptor.hpp"

using namespace orrery;

namespace {

using Ports = std::vector<std::uint16_t>;

/// One of another host, whichever this is.
constexpr auto elsewhere = "192.0.2.7";

/// Somebody who listens on loopback.
struct Listener {
  Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port = 0;

  Listener() {
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&place), sizeof place) == 0);
    REQUIRE(::listen(socket.get(), 1) == 0);
    socklen_t size = sizeof place;
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&place), &size);
    port = ntohs(place.sin_port);
  }
};

}  // namespace

TEST_CASE("each node's address has all ports, and those of one node never twice") {
  NodePorts ports(21'000, 21'001);
  CHECK(ports.at(elsewhere).take(2) == Ports{21'000, 21'001});
  CHECK(ports.at(elsewhere).take(1).empty());
  CHECK(ports.at("192.0.2.8").take(2) == Ports{21'000, 21'001});
  ports.at(elsewhere).give_back({21'001});
  CHECK(ports.at(elsewhere).take(1) == Ports{21'001});
  ports.at("192.0.2.9").note_taken({21'000});
  CHECK(ports.at("192.0.2.9").take(2) == Ports{21'001});
}

TEST_CASE("what listens here says nothing of other hosts' ports, and is in the way on this one") {
  const Listener listener;
  NodePorts ports(listener.port, listener.port);
  CHECK(ports.at(elsewhere).take(1) == Ports{listener.port});
  CHECK(ports.at("a1.example").take(1) == Ports{listener.port});
  CHECK(ports.at("127.0.0.1").take(1).empty());
  CHECK(ports.at("localhost").take(1).empty());
}
