#pragma once

#include <string>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// Whoever has an acknowledgement finds its effect in every view.
class AcknowledgedIsVisible : public Checker {
 public:
  std::string_view name() const override { return "acknowledged_is_visible"; }
  void apply(const RecordedEvent&) override {}

  /// A command on `stream` was answered with this position; by then the views had come to
  /// `applied`.
  void acknowledged(const std::string& stream, Position position, Position applied) {
    if (position > applied)
      violated(position,
               stream + " was acknowledged when the views were at " + std::to_string(applied));
  }
};

}  // namespace orrery
