#include "projections/runtime/fold_until.hpp"

#include <algorithm>
#include <vector>

#include "projections/runtime/replay.hpp"
#include "projections/runtime/view_archive.hpp"

namespace orrery {

boost::system::result<void, LogDamage> fold_until(std::span<View* const> views, Position position,
                                                  const EventLog& log,
                                                  const std::atomic<bool>& stopped) {
  std::vector<Position> folded;
  for (View* view : views) folded.push_back(load_view_before(*view, position, log));
  const Position oldest = folded.empty() ? position : std::ranges::min(folded);
  return replay(log, oldest + 1, position, [&](const auto& events) {
    for (std::size_t i = 0; i < views.size(); ++i)
      for (const auto& event : events)
        if (event.position > folded[i]) views[i]->apply(event);
    return !stopped.load();
  });
}

}  // namespace orrery
