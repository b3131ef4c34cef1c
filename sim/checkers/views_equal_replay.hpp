#pragma once

#include <vector>

#include "projections/runtime/view.hpp"
#include "sim/checkers/checker.hpp"

namespace orrery {

/// Read models hold what the log says, whatever crashes, snapshots and batches they came through:
/// the bytes of a live view equal those of a fresh one that folded the whole log.
class ViewsEqualReplay : public Checker {
 public:
  std::string_view name() const override { return "views_equal_replay"; }
  void apply(const RecordedEvent& recorded) override;

  /// Compares with what was applied up to now; the views must have seen the same.
  void compare(const std::vector<const View*>& views);

 private:
  std::vector<RecordedEvent> events_;
};

}  // namespace orrery
