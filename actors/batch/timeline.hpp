#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "actors/batch/room.hpp"

namespace orrery::batch {

/// Later than any moment.
inline constexpr std::int64_t never_s = std::numeric_limits<std::int64_t>::max();

/// What one node has free, from now on for ever: what runs gives its part back at the end of its
/// time, what is reserved takes it for a while. Steps are few: one for each of those moments.
class Timeline {
 public:
  Timeline(std::int64_t now_s, const Room& free) : steps_{{now_s, free}} {}

  /// `until_s` may be `never_s`. What is taken must be free.
  void take(std::int64_t from_s, std::int64_t until_s, const Room& room);
  /// What is given back becomes free for that time.
  void give_back(std::int64_t from_s, std::int64_t until_s, const Room& room);

  const Room& free_now() const { return steps_.front().free; }
  const Room& free_at(std::int64_t at_s) const { return steps_[step_at(at_s)].free; }
  /// The first moment from which on the need doesn't fit any more; `from_s` where it doesn't fit
  /// then, `never_s` where it always does.
  std::int64_t fits_until(std::int64_t from_s, const Room& need) const;
  /// The first moment from `from_s` on at which the need fits for so long; `never_s` where there is
  /// none.
  std::int64_t earliest(std::int64_t from_s, std::int64_t duration_s, const Room& need) const;
  /// Adds every moment after `after_s` at which something changes.
  void add_moments(std::int64_t after_s, std::vector<std::int64_t>& moments) const;

 private:
  struct Step {
    std::int64_t from_s = 0;
    Room free;
  };

  template <class Change>
  void change(std::int64_t from_s, std::int64_t until_s, Change change);
  /// The step in force at that moment.
  std::size_t step_at(std::int64_t at_s) const;
  /// The step that begins at that moment; one is made where there is none.
  std::size_t cut(std::int64_t at_s);
  std::int64_t end_of(std::size_t step) const {
    return step + 1 < steps_.size() ? steps_[step + 1].from_s : never_s;
  }

  std::vector<Step> steps_;
};

}  // namespace orrery::batch
