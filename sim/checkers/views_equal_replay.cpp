#include "sim/checkers/views_equal_replay.hpp"

namespace orrery {

void ViewsEqualReplay::apply(const RecordedEvent& recorded) { events_.push_back(recorded); }

void ViewsEqualReplay::compare(const std::vector<const View*>& views) {
  for (const auto* view : views) {
    const auto folded = view->fresh();
    for (const auto& recorded : events_) folded->apply(recorded);
    std::string live_bytes;
    view->save(live_bytes);
    std::string folded_bytes;
    folded->save(folded_bytes);
    if (live_bytes != folded_bytes)
      violated(0, "the view of " + std::string(view->name()) + " is not what the log says");
  }
}

}  // namespace orrery
