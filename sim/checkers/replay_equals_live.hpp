#pragma once

#include <vector>

#include "sim/checkers/checker.hpp"
#include "storage/event_log.hpp"

namespace orrery {

/// Folding the log anew gives the very state that was live: for every snapshot in `log` of
/// placement, the processes, the driver's duties, and the nodes and GPUs, the bytes of the fold up
/// to the snapshot's position equal the snapshot. Tailers save theirs from the live state, so this
/// finds whatever got into a state without an event.
class ReplayEqualsLive : public Checker {
 public:
  std::string_view name() const override { return "replay_equals_live"; }
  void apply(const RecordedEvent& recorded) override;

  /// Compares all snapshots with what was applied up to now; the whole log must have been.
  void compare(const EventLog& log);

 private:
  std::vector<RecordedEvent> events_;
};

}  // namespace orrery
