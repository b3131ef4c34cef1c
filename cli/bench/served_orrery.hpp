#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/bench/child_process.hpp"

namespace orrery {

/// A server with the demo's fleet and people in a process of its own, as `orrery serve --dev`
/// starts it, over a new data directory. Killed with this object.
class ServedOrrery {
 public:
  /// Returns once it serves. Throws, naming its log, where it doesn't.
  ServedOrrery(const std::filesystem::path& folder, std::uint32_t node_count);

  /// Ends it in order; throws where it doesn't end well.
  void stop();

  std::uint16_t port() const { return port_; }
  const std::string& operator_key() const { return operator_key_; }

  /// Of a request to its mkinf API by the demo's project: everything up to and without the end of
  /// the head. `path` begins below the project: "/vms".
  std::string head_of_request(std::string_view method, std::string_view path) const;

 private:
  ChildProcess process_;
  std::uint16_t port_ = 0;
  std::string operator_key_;
  std::string access_key_;
  std::string project_id_;
};

}  // namespace orrery
