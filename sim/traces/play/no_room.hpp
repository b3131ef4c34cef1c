#pragma once

#include <algorithm>
#include <vector>

#include "sim/traces/play/shape.hpp"

namespace orrery::play {

/// Needs that no node can serve, as long as nothing is given back: who needs at least as much is
/// not served either, without another look. So hundreds of shapes that wait cost a few looks.
class NoRoom {
 public:
  bool covers(const Shape& shape) const {
    return (shape.has_rest && covers(shape.rest)) ||
           (shape.whole_node_count > 0 && covers(shape.whole));
  }
  /// The shape doesn't fit. Of one with several parts it isn't known which one doesn't.
  void note(const Shape& shape) {
    if (shape.whole_node_count > 0) return;
    std::erase_if(needs_, [&](const Need& need) { return is_at_most(shape.rest, need); });
    needs_.push_back(shape.rest);
  }

 private:
  static bool is_at_most(const Need& need, const Need& other) {
    return need.of_node.gpu_count <= other.of_node.gpu_count &&
           need.of_node.cpu_count <= other.of_node.cpu_count &&
           need.of_node.memory_mib <= other.of_node.memory_mib && need.gpu_milli <= other.gpu_milli;
  }
  bool covers(const Need& need) const {
    return std::any_of(needs_.begin(), needs_.end(),
                       [&](const Need& known) { return is_at_most(known, need); });
  }

  /// None of them at most another.
  std::vector<Need> needs_;
};

}  // namespace orrery::play
