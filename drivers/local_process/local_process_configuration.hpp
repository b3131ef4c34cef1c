#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "drivers/runs/run_configuration.hpp"

namespace orrery {

/// What the local_process driver of a server works with (docs/local-process.md).
struct LocalProcessConfiguration : RunConfiguration {
  /// The node that it is the hands of.
  std::string node_id;
  /// Where processes listen, and are reached.
  std::string host = "127.0.0.1";
  std::uint16_t port_first = 20'000;
  std::uint16_t port_last = 20'999;
  /// Program and arguments that supervise a run; its directory is appended. Empty: this program's
  /// own "supervise --run".
  std::vector<std::string> supervisor;
};

}  // namespace orrery
