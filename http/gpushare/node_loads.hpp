#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "actors/runtime/string_index.hpp"
#include "projections/sharing/sharing_view.hpp"

namespace orrery::gpushare {

/// How busy the nodes are that questions are given to. Any thread.
class NodeLoads {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  /// The least busy of the candidates, which has one more question from now on; null where there
  /// are none. Busy is how many questions it has for each that it answers at once; of equal ones it
  /// is the one that has waited longest for a question. One that has failed lately comes last.
  SharingView::Node take(const std::vector<SharingView::Node>& candidates, TimePoint now);
  void give_back(std::string_view id);
  /// It has failed: until then others are preferred.
  void suspect(std::string_view id, TimePoint until);

  std::uint32_t running_at(std::string_view id) const;

  /// Forgets nodes without questions which nobody has asked for since; what is forgotten is only
  /// whose turn it is.
  void forget_idle(TimePoint now);

 private:
  struct Load {
    std::uint32_t running = 0;
    /// Its last question's number, of all nodes'.
    std::uint64_t last_turn = 0;
    TimePoint suspect_until{};
    TimePoint last_asked{};
  };

  mutable std::mutex mutex_;
  std::uint64_t turn_ = 0;
  std::unordered_map<std::string, Load, StringHash, std::equal_to<>> loads_;
};

}  // namespace orrery::gpushare
