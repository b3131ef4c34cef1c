#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "drivers/runs/port_pool.hpp"

namespace orrery {

/// The ports that services get on nodes: each address has all of them. What else listens there
/// shows where the address is this host's, and nowhere else. For one thread.
class NodePorts {
 public:
  NodePorts(std::uint16_t first, std::uint16_t last) : first_(first), last_(last) {}

  /// Stays where it is.
  PortPool& at(const std::string& address);

 private:
  std::uint16_t first_;
  std::uint16_t last_;
  std::map<std::string, PortPool, std::less<>> pools_;
};

}  // namespace orrery
