#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace orrery {

/// The ports that services of a host listen on. One that is given back is taken last, so that
/// nobody who still has the address reaches another's service.
class PortPool {
 public:
  /// `host`: the address of ours that they listen on; empty where they do so elsewhere, and nobody
  /// here can say who else does.
  PortPool(std::string host, std::uint16_t first, std::uint16_t last)
      : host_(std::move(host)), first_(first), last_(last), next_(first) {}

  /// So many, on which nobody is seen to listen; fewer where the pool has no more.
  std::vector<std::uint16_t> take(std::size_t count);
  /// Those of a service that runs already.
  void note_taken(const std::vector<std::uint16_t>& ports);
  void give_back(const std::vector<std::uint16_t>& ports);

 private:
  std::string host_;
  std::uint16_t first_;
  std::uint16_t last_;
  std::uint32_t next_;
  std::set<std::uint16_t> taken_;
};

}  // namespace orrery
