#include "drivers/runs/port_pool.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "storage/descriptor.hpp"

namespace orrery {
namespace {

bool is_free(const std::string& host, std::uint16_t port) {
  if (host.empty()) return true;
  const Descriptor probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  ::setsockopt(probe.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
  return ::bind(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

}  // namespace

std::vector<std::uint16_t> PortPool::take(std::size_t count) {
  std::vector<std::uint16_t> found;
  const std::uint32_t size = last_ - first_ + 1u;
  for (std::uint32_t tried = 0; tried < size && found.size() < count; ++tried) {
    const auto port = static_cast<std::uint16_t>(next_);
    next_ = next_ == last_ ? first_ : next_ + 1;
    if (taken_.contains(port) || !is_free(host_, port)) continue;
    taken_.insert(port);
    found.push_back(port);
  }
  return found;
}

void PortPool::note_taken(const std::vector<std::uint16_t>& ports) {
  taken_.insert(ports.begin(), ports.end());
}

void PortPool::give_back(const std::vector<std::uint16_t>& ports) {
  for (const auto port : ports) taken_.erase(port);
}

}  // namespace orrery
