#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "actors/placement/fleet.hpp"
#include "events/envelope.hpp"

namespace orrery {

/// Who waits for one plan: a lease, or a whole gang. Numbers in their books; the other is none.
struct Party {
  std::uint32_t lease = Fleet::none;
  std::uint32_t gang = Fleet::none;

  bool operator==(const Party&) const = default;
};

/// Those who want the same: GPUs of one model in a cluster, GPUs of any model, or processors and
/// memory alone. First come, first served.
struct WaitingLine {
  std::string cluster;
  std::string gpu_model;
  Fleet::Kind kind;
  /// By where they were requested.
  std::map<Position, Party> parties;
};

/// The lines of all clusters, each at a small number.
class WaitingLines {
 public:
  /// The line of such requests; an empty one where there is none yet.
  std::uint32_t at(Fleet& fleet, std::string_view cluster, std::string_view gpu_model,
                   std::uint32_t gpu_count);

  WaitingLine& operator[](std::uint32_t line) { return lines_[line]; }
  const WaitingLine& operator[](std::uint32_t line) const { return lines_[line]; }
  /// Lines of a cluster, in the order in which they came to be.
  const std::vector<std::uint32_t>& of_cluster(std::uint32_t cluster) const;
  /// Nobody waits in the cluster.
  bool is_empty(std::uint32_t cluster) const;
  /// Sends everybody away.
  void clear();

 private:
  std::vector<WaitingLine> lines_;
  std::vector<std::vector<std::uint32_t>> lines_by_cluster_;
  StringIndex index_;
};

}  // namespace orrery
