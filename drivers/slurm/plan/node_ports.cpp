#include "drivers/slurm/plan/node_ports.hpp"

#include <climits>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "storage/descriptor.hpp"

namespace orrery {
namespace {

/// Names are taken as they are: nobody is asked for an address here, who might be slow to answer.
bool is_own_name(const std::string& address) {
  char name[HOST_NAME_MAX + 1] = {};
  return address == "localhost" || (::gethostname(name, sizeof name - 1) == 0 && address == name);
}

/// Nobody but its host can listen on an address.
bool is_of_this_host(const std::string& address) {
  if (is_own_name(address)) return true;
  sockaddr_in place{};
  place.sin_family = AF_INET;
  if (::inet_pton(AF_INET, address.c_str(), &place.sin_addr) != 1) return false;
  const Descriptor probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return ::bind(probe.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0;
}

}  // namespace

PortPool& NodePorts::at(const std::string& address) {
  const auto found = pools_.find(address);
  if (found != pools_.end()) return found->second;
  const std::string looked_at = is_of_this_host(address) ? "0.0.0.0" : "";
  return pools_.emplace(address, PortPool(looked_at, first_, last_)).first->second;
}

}  // namespace orrery
