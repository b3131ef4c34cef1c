#pragma once

#include <set>
#include <string>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// Every lease is asked for once, and ends once at most. Whether it should have ended is
/// `NoLeaseWithoutOwner`'s to say.
class LeasesReleased : public Checker {
 public:
  std::string_view name() const override { return "leases_released"; }
  void apply(const RecordedEvent& recorded) override;

 private:
  /// Streams.
  std::set<std::string> open_;
};

}  // namespace orrery
