#pragma once

#include <map>
#include <set>
#include <string>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// Every lease ends once, or is held by a VM that is switched on. At rest nobody waits in a queue
/// for a VM that is gone or stopped, and no such VM holds a GPU.
class LeasesReleased : public Checker {
 public:
  std::string_view name() const override { return "leases_released"; }
  void apply(const RecordedEvent& recorded) override;
  void at_rest() override;

 private:
  struct OpenLease {
    std::string holder;
    Position position = 0;
  };
  std::map<std::string, OpenLease> open_;
  std::set<std::string> switched_on_vms_;
};

}  // namespace orrery
