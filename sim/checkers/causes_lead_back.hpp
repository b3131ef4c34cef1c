#pragma once

#include <string>
#include <vector>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// Every event names what caused it, and the way back ends: at a request of a principal, where the
/// control plane acted because of the time, or where a machine broke by itself. All of a chain that
/// began with a request names it.
class CausesLeadBack : public Checker {
 public:
  std::string_view name() const override { return "causes_lead_back"; }
  void apply(const RecordedEvent& recorded) override;

 private:
  /// By position: the request that each event goes back to; empty for the clock's.
  std::vector<std::string> requests_{1};
};

}  // namespace orrery
