#pragma once

#include <map>
#include <set>
#include <string>

#include "sim/checkers/checker.hpp"

namespace orrery {

/// A cordon is lifted by its owner, or by an operator who lifts all; what a process lifts is its
/// own. At rest no process holds one any more.
class CordonsOwned : public Checker {
 public:
  std::string_view name() const override { return "cordons_owned"; }
  void apply(const RecordedEvent& recorded) override;
  void at_rest() override;

 private:
  /// Owners by node.
  std::map<std::string, std::set<std::string>> cordons_;
};

}  // namespace orrery
