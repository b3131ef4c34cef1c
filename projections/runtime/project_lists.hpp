#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <shared_mutex>
#include <string_view>
#include <vector>

#include "projections/runtime/prepared_answer.hpp"
#include "projections/runtime/string_map.hpp"
#include "projections/runtime/string_pool.hpp"
#include "projections/runtime/writer_first_mutex.hpp"

namespace orrery {

/// The resources of each project in the order of their creation. Entries only ever come to the end,
/// so a list is a sorted vector; what is removed leaves a gap, and gaps are closed when they are
/// half of it. One thread changes the lists, any thread reads them.
template <class Entry>
class ProjectLists {
 public:
  struct Slot {
    Position place = 0;
    /// Null for a gap.
    const Entry* entry = nullptr;
  };

  /// `place` must be beyond every place added before.
  void add(const PooledString* project, Position place, const Entry* entry) {
    const std::unique_lock lock(mutex_);
    lists_[project->text].slots.push_back({place, entry});
  }

  void remove(const PooledString* project, Position place) {
    const std::unique_lock lock(mutex_);
    auto& list = lists_[project->text];
    const auto slot = std::ranges::lower_bound(list.slots, place, {}, &Slot::place);
    if (slot == list.slots.end() || slot->place != place || !slot->entry) return;
    slot->entry = nullptr;
    if (++list.gap_count * 2 <= list.slots.size() || list.gap_count < gap_count_kept) return;
    std::erase_if(list.slots, [](const Slot& each) { return each.entry == nullptr; });
    list.gap_count = 0;
  }

  /// Up to `count_max` entries beyond `after` in `direction`; `after` = 0 is the beginning. The
  /// lock is held only meanwhile, so `count_max` bounds how long the writer waits.
  std::vector<Slot> next(std::string_view project, Position after, Direction direction,
                         std::size_t count_max) const {
    std::vector<Slot> found;
    const std::shared_lock lock(mutex_);
    const auto list = lists_.find(project);
    if (list == lists_.end()) return found;
    const auto& slots = list->second.slots;
    if (direction == Direction::oldest_first) {
      for (auto slot = std::ranges::upper_bound(slots, after, {}, &Slot::place);
           slot != slots.end() && found.size() < count_max; ++slot)
        if (slot->entry) found.push_back(*slot);
    } else {
      auto slot =
          after == 0 ? slots.end() : std::ranges::lower_bound(slots, after, {}, &Slot::place);
      while (slot != slots.begin() && found.size() < count_max)
        if ((--slot)->entry) found.push_back(*slot);
    }
    return found;
  }

 private:
  static constexpr std::size_t gap_count_kept = 64;

  struct List {
    std::vector<Slot> slots;
    std::size_t gap_count = 0;
  };

  mutable WriterFirstMutex mutex_;
  StringMap<List> lists_;
};

}  // namespace orrery
